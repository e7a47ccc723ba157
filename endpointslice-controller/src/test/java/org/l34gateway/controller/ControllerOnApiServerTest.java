// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.SliceTargets;
import org.l34gateway.controller.status.GatewayStatusDecision;
import org.l34gateway.runtime.process.Daemon;
import picocli.CommandLine;

/** The whole process against a real API server; the test plays kubelet, Multus, node-agent and gateway-agent. */
@Tag("cluster")
class ControllerOnApiServerTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ScratchApiServer server;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static KubernetesClient client;

    private final List<Daemon> daemons = new ArrayList<>();

    @BeforeAll
    static void startServer() throws Exception {
        server = ScratchApiServer.start();
        client = server.client();
        server.define(client);
        for (String name : List.of("shop", "l34-system")) {
            create(new NamespaceBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .endMetadata()
                    .build());
        }
        createWithStatus(Fixtures.node("node-a", "boot-1"));
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            client.close();
            server.close();
        }
    }

    @BeforeEach
    void startController() throws IOException {
        daemons.add(controller("one"));
    }

    @AfterEach
    void stopControllersAndClean() throws InterruptedException {
        for (var kind : List.of(Service.class, L34Route.class, GatewayRouter.class, Gateway.class, Pod.class)) {
            client.resources(kind).inNamespace("shop").withGracePeriod(0).delete();
        }
        client.resources(NodeReport.class).delete();
        client.resources(GatewayReport.class).inNamespace("shop").delete();
        client.resources(GatewayClass.class).delete();
        Await.until("nothing of ours is left", SOON, () -> ours().isEmpty());
        daemons.forEach(Daemon::close);
    }

    private static Daemon controller(String name) throws IOException {
        ControllerSettings settings = CommandLine.populateCommand(
                new ControllerSettings(),
                "--gateway-image=l34/gateway:1",
                "--bird-image=l34/bird:1",
                "--namespace=l34-system",
                "--pod-name=" + name,
                "--health-port=0");
        Daemon daemon = new Daemon(name);
        ControllerMain.start(daemon, settings, daemon.with("client", server.client()));
        return daemon;
    }

    private static <T extends HasMetadata> T create(T object) {
        object.getMetadata().setUid(null);
        return client.resource(object).create();
    }

    private static <T extends HasMetadata> T createWithStatus(T object) {
        T created = create(object);
        object.getMetadata().setResourceVersion(created.getMetadata().getResourceVersion());
        return client.resource(object).updateStatus();
    }

    /** A pod as the kubelet and Multus leave it. */
    private static Pod run(Pod pod) {
        Pod runnable = new PodBuilder(pod)
                .editSpec()
                .addNewContainer()
                .withName("c")
                .withImage("i")
                .endContainer()
                .endSpec()
                .build();
        return createWithStatus(runnable);
    }

    private static String yamlText(String text, Map<String, String> uids) {
        String result = text;
        for (var uid : uids.entrySet()) {
            result = result.replace("uid-" + uid.getKey(), uid.getValue());
        }
        return result;
    }

    private static <T extends HasMetadata> T withUids(T object, Class<T> kind, Map<String, String> uids) {
        String json = client.getKubernetesSerialization().asJson(object);
        return client.getKubernetesSerialization().unmarshal(yamlText(json, uids), kind);
    }

    private static List<HasMetadata> ours() {
        List<HasMetadata> ours = new ArrayList<>();
        WatchedKinds.WORKLOAD.forEach(kind -> ours.addAll(client.resources(kind)
                .inAnyNamespace()
                .withLabel("app.kubernetes.io/managed-by", Names.MANAGED_BY)
                .list()
                .getItems()));
        ours.addAll(slices());
        return ours;
    }

    private static List<EndpointSlice> slices() {
        return client.resources(EndpointSlice.class)
                .inAnyNamespace()
                .withLabel(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)
                .list()
                .getItems();
    }

    private static Gateway gateway() {
        return client.resources(Gateway.class)
                .inNamespace("shop")
                .withName("gw")
                .require();
    }

    private static String condition(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(c -> c.getType().equals(type))
                .map(c -> c.getStatus() + " " + c.getReason() + " " + c.getMessage())
                .findFirst()
                .orElse("absent");
    }

    private static SliceTargets targets(String slice) throws Exception {
        EndpointSlice present = client.resources(EndpointSlice.class)
                .inNamespace("shop")
                .withName(slice)
                .require();
        return SliceTargets.parse(present.getMetadata().getAnnotations().get(Names.TARGETS_ANNOTATION));
    }

    @Test
    void a_gateway_is_run_announces_its_state_and_its_targets_get_vips_in_order() throws Exception {
        create(Fixtures.gatewayClass("stateless-load-balancer", Names.STATELESS_CONTROLLER));
        create(Fixtures.gatewayClass("nat-load-balancer", Names.NAT_CONTROLLER));
        String gatewayUid = create(Fixtures.gateway("gw")).getMetadata().getUid();
        create(Fixtures.service("web", "gw"));
        create(Fixtures.route("r", "gw", "web", "20.0.0.1/32", "2000::1/128"));
        create(Fixtures.router("router", "gw", "protocol: BGP"));
        create(Fixtures.router("static", "gw", "protocol: Static"));
        String targetUid = run(Fixtures.target("one", "web", "169.222.100.5"))
                .getMetadata()
                .getUid();
        String gatewayPodUid =
                run(Fixtures.gatewayPod("gw-pod", "gw")).getMetadata().getUid();
        Map<String, String> uids = Map.of("gw-pod", gatewayPodUid, "gw", gatewayUid, "one", targetUid);

        Await.until(
                "an endpoint with an identifier and without a VIP",
                SOON,
                () -> targets("web-ipv4").targets().equals(List.of(new SliceTargets.Target(targetUid, 0, List.of()))));
        Await.until(
                "a Deployment",
                SOON,
                () -> client.resources(Deployment.class)
                                .inNamespace("shop")
                                .withName("stateless-load-balancer-gw")
                                .get()
                        != null);
        Await.until(
                "a node without agent is told",
                SOON,
                () -> condition(gateway().getStatus().getConditions(), GatewayStatusDecision.COMPLETE)
                        .contains("NodeAgentMissing no live node-agent on node-a"));

        GatewayReport notAnswering = Fixtures.gatewayReport("gw-pod", "gw", """
                programmed: true
                addresses: [169.222.100.1]
                defaultRoutes: [IPv4]
                sessions: [{router: router, state: Established}]
                """);
        create(reportWith(notAnswering, uids));
        create(withUids(
                Fixtures.nodeReport(
                        "node-a", "boot-1", Fixtures.holds("one", "10.0.0.9", "gw", "20.0.0.1/32", "169.222.100.1")),
                NodeReport.class,
                Map.of("gw", gatewayUid, "one", targetUid)));
        Await.until(
                "the gateway pod stops counting",
                SOON,
                () -> condition(gateway().getStatus().getConditions(), GatewayStatusDecision.COMPLETE)
                        .contains("gw-pod does not answer for 20.0.0.1/32"));
        assertThat(targets("web-ipv4").targets().getFirst().vips()).isEmpty();

        GatewayReport answering = Fixtures.gatewayReport("gw-pod", "gw", """
                programmed: true
                addresses: [169.222.100.1]
                defaultRoutes: [IPv4]
                answerVIPs: [20.0.0.1/32]
                sessions: [{router: router, state: Established}]
                """);
        client.resource(reportWith(answering, uids)).forceConflicts().serverSideApply();
        Await.until(
                "the VIP follows",
                SOON,
                () -> targets("web-ipv4").targets().getFirst().vips().equals(List.of("20.0.0.1/32")));

        Await.until(
                "the Gateway is complete",
                SOON,
                () -> condition(gateway().getStatus().getConditions(), GatewayStatusDecision.COMPLETE)
                        .startsWith("True"));
        Gateway gateway = gateway();
        assertThat(condition(gateway.getStatus().getConditions(), "Accepted")).startsWith("True Accepted");
        assertThat(condition(gateway.getStatus().getConditions(), "Programmed"))
                .isEqualTo("True Programmed 1 of 2 gateway pods");
        assertThat(gateway.getStatus().getAddresses())
                .extracting(address -> address.getValue())
                .containsExactly("20.0.0.1", "2000::1");
        assertThat(gateway.getStatus().getListeners().getFirst().getAttachedRoutes())
                .isEqualTo(1);
        assertThat(condition(router("router"), "Established")).startsWith("True PartlyEstablished 1 of 2 gateway pods");
        assertThat(condition(router("static"), "Accepted")).startsWith("False NotSupported");
        L34Route route = client.resources(L34Route.class)
                .inNamespace("shop")
                .withName("r")
                .require();
        assertThat(condition(route.getStatus().parents().getFirst().conditions(), "Accepted"))
                .startsWith("True Accepted");
        assertThat(condition(classOf("stateless-load-balancer"), "SupportedVersion"))
                .startsWith("True");
        assertThat(condition(classOf("nat-load-balancer"), "Accepted")).startsWith("False Unsupported");
    }

    private static GatewayReport reportWith(GatewayReport report, Map<String, String> uids) {
        GatewayReport right = withUids(report, GatewayReport.class, Map.of("gw-pod", uids.get("gw-pod")));
        right = withUids(right, GatewayReport.class, Map.of("gw", uids.get("gw")));
        right.getMetadata().setUid(null);
        return right;
    }

    private static List<Condition> router(String name) {
        return client.resources(GatewayRouter.class)
                .inNamespace("shop")
                .withName(name)
                .require()
                .getStatus()
                .conditions();
    }

    private static List<Condition> classOf(String name) {
        return client.resources(GatewayClass.class)
                .withName(name)
                .require()
                .getStatus()
                .getConditions();
    }

    @Test
    void a_settled_cluster_is_not_written_again() throws Exception {
        create(Fixtures.gatewayClass("stateless-load-balancer", Names.STATELESS_CONTROLLER));
        create(Fixtures.gateway("gw"));
        create(Fixtures.service("web", "gw"));
        create(Fixtures.route("r", "gw", "web", "20.0.0.1/32"));
        create(Fixtures.router("router", "gw", "protocol: BGP"));
        run(Fixtures.target("one", "web", "169.222.100.5"));
        Await.until(
                "everything has a status",
                SOON,
                () -> condition(router("router"), "Accepted").startsWith("True")
                        && ours().size() == 7
                        && slices().stream()
                                .anyMatch(slice -> slice.getEndpoints().stream()
                                        .anyMatch(endpoint ->
                                                endpoint.getConditions().getReady()))
                        && gateway().getStatus().getListeners().getFirst().getAttachedRoutes() == 1);
        List<String> before = versions();
        // A new Service is seen in the same way as everything before it, so what was to be written was written by then.
        create(Fixtures.service("later", "gw"));
        Await.until(
                "the later Service has slices",
                SOON,
                () -> targets("later-ipv6").targets().isEmpty());
        assertThat(versions()).containsAll(before);
    }

    private static List<String> versions() {
        List<HasMetadata> all = new ArrayList<>(ours());
        all.add(gateway());
        all.add(client.resources(L34Route.class)
                .inNamespace("shop")
                .withName("r")
                .require());
        all.add(client.resources(GatewayRouter.class)
                .inNamespace("shop")
                .withName("router")
                .require());
        return all.stream()
                .map(object -> object.getKind() + " " + object.getMetadata().getName() + "@"
                        + object.getMetadata().getResourceVersion())
                .toList();
    }

    @Test
    void what_somebody_changed_is_repaired_and_what_nobody_wants_goes() throws Exception {
        create(Fixtures.gateway("gw"));
        create(Fixtures.service("web", "gw"));
        Await.until("workload and slices", SOON, () -> ours().size() == 7);
        client.resources(Deployment.class)
                .inNamespace("shop")
                .withName("stateless-load-balancer-gw")
                .scale(5);
        Await.until(
                "two gateway pods again",
                SOON,
                () -> client.resources(Deployment.class)
                                .inNamespace("shop")
                                .withName("stateless-load-balancer-gw")
                                .require()
                                .getSpec()
                                .getReplicas()
                        == 2);
        client.resources(Service.class).inNamespace("shop").withName("web").edit(service -> {
            service.getMetadata().getLabels().put(Names.GATEWAY_LABEL, "another");
            return service;
        });
        Await.until("no slices", SOON, () -> slices().isEmpty());
        client.resources(Gateway.class).inNamespace("shop").withName("gw").delete();
        Await.until(
                "no binding in the cluster",
                SOON,
                () -> client.resources(ClusterRoleBinding.class)
                        .withLabel("app.kubernetes.io/managed-by", Names.MANAGED_BY)
                        .list()
                        .getItems()
                        .isEmpty());
    }

    @Test
    void a_target_that_leaves_is_out_of_the_slices_at_once() throws Exception {
        create(Fixtures.gateway("gw"));
        create(Fixtures.service("web", "gw"));
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            boolean deleted = i % 2 == 0;
            Pod pod = run(Fixtures.target("leaver-" + i, "web", "169.222.100." + i));
            String uid = pod.getMetadata().getUid();
            Await.until("it is a target", SOON, () -> ready("web-ipv4").contains(uid) && settled());
            BlockingQueue<Long> written = new LinkedBlockingQueue<>();
            try (Watch _ = client.resources(EndpointSlice.class)
                    .inNamespace("shop")
                    .withName("web-ipv4")
                    .watch(telling(slice -> {
                        if (!readyIn(slice).contains(uid)) {
                            written.add(System.nanoTime());
                        }
                    }))) {
                long left = System.nanoTime();
                if (deleted) {
                    client.resource(pod).delete();
                } else {
                    client.resource(pod).edit(present -> {
                        present.getMetadata().setLabels(Map.of("app", "another"));
                        return present;
                    });
                }
                Long at = written.poll(SOON.toSeconds(), TimeUnit.SECONDS);
                assertThat(at).as("written without %s", uid).isNotNull();
                millis.add(Duration.ofNanos(at - left).toMillis());
            }
        }
        System.out.println("from the request to the slice without the target: " + millis + " ms");
        assertThat(millis.stream().sorted().toList().get(millis.size() / 2))
                .as("median of %s", millis)
                .isLessThanOrEqualTo(300);
    }

    private static boolean settled() throws Exception {
        return targets("web-ipv4").equals(targets("web-ipv6"));
    }

    private static List<String> ready(String slice) {
        return readyIn(client.resources(EndpointSlice.class)
                .inNamespace("shop")
                .withName(slice)
                .require());
    }

    private static List<String> readyIn(EndpointSlice slice) {
        return slice.getEndpoints().stream()
                .filter(endpoint -> endpoint.getConditions().getReady())
                .map(endpoint -> endpoint.getTargetRef().getUid())
                .toList();
    }

    private static Watcher<EndpointSlice> telling(Consumer<EndpointSlice> listener) {
        return new Watcher<>() {
            @Override
            public void eventReceived(Action action, EndpointSlice slice) {
                listener.accept(slice);
            }

            @Override
            public void onClose(WatcherException cause) {
                throw new AssertionError(cause);
            }
        };
    }

    @Test
    void an_api_server_that_was_killed_is_heard_again() throws Exception {
        create(Fixtures.gateway("gw"));
        create(Fixtures.service("web", "gw"));
        String one = run(Fixtures.target("one", "web", "169.222.100.5"))
                .getMetadata()
                .getUid();
        Await.until(
                "the first target", SOON, () -> targets("web-ipv4").targets().size() == 1);
        server.restart();
        String two = run(Fixtures.target("two", "web", "169.222.100.6"))
                .getMetadata()
                .getUid();
        Await.until(
                "the second target",
                SOON,
                () -> targets("web-ipv4")
                        .targets()
                        .equals(List.of(
                                new SliceTargets.Target(one, 0, List.of()),
                                new SliceTargets.Target(two, 1, List.of()))));
    }

    @Test
    void a_second_replica_takes_over_and_keeps_the_identifiers() throws Exception {
        create(Fixtures.gateway("gw"));
        create(Fixtures.service("web", "gw"));
        String one = run(Fixtures.target("one", "web", "169.222.100.5"))
                .getMetadata()
                .getUid();
        Await.until("the first leads", SOON, () -> targets("web-ipv4").targets().size() == 1);
        daemons.add(controller("two"));
        daemons.removeFirst().close();
        String two = run(Fixtures.target("two", "web", "169.222.100.6"))
                .getMetadata()
                .getUid();
        Await.until(
                "the second writes",
                SOON,
                () -> targets("web-ipv4")
                        .targets()
                        .equals(List.of(
                                new SliceTargets.Target(one, 0, List.of()),
                                new SliceTargets.Target(two, 1, List.of()))));
    }
}
