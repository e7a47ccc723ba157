// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.e2e.Scene.SOON;
import static org.l34gateway.e2e.Scene.VIP4;
import static org.l34gateway.e2e.Scene.VIP6;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.lab.fault.Faults;
import org.l34gateway.lab.fault.Faults.Victim;
import org.l34gateway.lab.product.Product;

/**
 * What connections lose while things change, with 50 new connections a second, 40 long ones and 1,000 datagrams a second
 * in each family. Each test is one event; {@code -Dreliability.runs} says how often it happens. Each leaves the scene as
 * it found it.
 */
@Tag("cluster")
@Tag("reliability")
@ExtendWith(ProductExtension.class)
class ReliabilityTest {
    private static final int RUNS = Integer.getInteger("reliability.runs", 1);
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    /** How long new connections may reach a target that has died. */
    private static final Duration DEATH = Duration.ofSeconds(1);
    /** BFD: 300 ms, three times. */
    private static final Duration BFD = Duration.ofMillis(900);

    /** By then node-agents have dropped a next hop that is dead. */
    private static final Duration ANSWERS_LATER = Duration.ofSeconds(1);

    /** Three questions within 0.8 s, and the tables changed. */
    private static final Duration MASKED = Duration.ofSeconds(1);

    /** A gateway pod hears of nobody after 1 s, doubts itself for 1.5 s, and then has BGP withdraw its VIPs. */
    private static final Duration ISOLATION = Duration.ofSeconds(3);

    private static final Duration ATTACHED = Duration.ofSeconds(5);
    private static final String BAD_INPUT = """
            apiVersion: l34.gateway.api.poc/v1alpha1
            kind: L34Route
            metadata: {name: unusable-vip}
            spec:
              parentRefs: [{name: my-stateless-lb-gateway}]
              backendRefs: [{name: selects-nothing, port: 4000}]
              priority: 100
              destinationCIDRs: [224.0.0.1/32, 127.0.0.0/8, "ff02::1/128"]
              protocols: [TCP, UDP]
            ---
            apiVersion: l34.gateway.api.poc/v1alpha1
            kind: GatewayRouter
            metadata: {name: wrong, labels: {service.kubernetes.io/service-proxy-name: my-stateless-lb-gateway}}
            spec: {address: 224.0.0.9, interface: vlan-200, bgp: {localASN: 8103, remoteASN: 8104}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: selects-nothing, labels: {service.kubernetes.io/service-proxy-name: my-stateless-lb-gateway}}
            spec: {clusterIP: None, selector: {app: nobody, l-3-4-gateway-api-poc/dummy-service-selector: "true"}, ports: [{port: 4000}]}
            """;

    private static Scene scene;
    private static Faults faults;

    @BeforeAll
    static void open(Product product) {
        scene = Scene.open(product);
        faults = new Faults(product.lab());
        for (String router : new String[] {"gateway-b-v4", "gateway-b-v6"}) {
            scene.kubectl(
                    "patch",
                    "gatewayrouter/" + router,
                    "--type=merge",
                    "--patch={\"spec\":{\"bgp\":{\"bfd\":{\"multiplier\":3}}}}");
        }
        awaitServed(4);
    }

    @AfterAll
    static void close() {
        if (scene != null) {
            scene.close();
        }
    }

    @Test
    void targets_scale_up_and_down() {
        rehearse("targets 4 → 8 → 3 → 4", run -> {
            for (int count : new int[] {8, 3, 4}) {
                scale(run, count);
            }
        });
    }

    @Test
    void a_target_pod_is_deleted() {
        rehearse("a target pod deleted", run -> {
            Set<String> before = scene.targets();
            String victim = scene.targets().first();
            scene.kubectl("delete", "pod", victim, "--grace-period=0", "--force", "--wait=false");
            run.died(Set.of(victim), DEATH);
            scene.lab().await("a new pod for " + victim, SOON, () -> {
                Set<String> now = scene.targets();
                return now.size() == 4 && !now.contains(victim);
            });
            run.added(without(scene.targets(), before));
            scene.awaitReady(4);
            awaitServed(4);
        });
    }

    @Test
    void a_second_vip_comes_and_goes() {
        rehearse("a second VIP added, removed", _ -> {
            scene.serve("20.0.0.1/32", "2000::1/128", "40.0.0.1/32", "4000::1/128");
            scene.awaitServed("40.0.0.1", 4);
            scene.awaitServed("4000::1", 4);
            scene.serve("20.0.0.1/32", "2000::1/128");
            for (String vip : new String[] {"40.0.0.1", "4000::1"}) {
                scene.lab()
                        .await(
                                "no route to " + vip,
                                SOON,
                                () -> scene.routes(vip).isEmpty());
            }
        });
    }

    @Test
    void the_gateway_deployment_is_rolled() {
        rehearse("gateway Deployment rolled", _ -> {
            Set<String> before = scene.gatewayPods();
            scene.kubectl("rollout", "restart", scene.gatewayDeployment());
            scene.kubectl("rollout", "status", scene.gatewayDeployment(), "--timeout=180s");
            scene.lab().await("only new gateway pods", SOON, () -> Collections.disjoint(before, scene.gatewayPods()));
            awaitServed(4);
        });
    }

    @Test
    void a_gateway_pod_is_deleted() {
        rehearse("one gateway pod deleted", _ -> {
            String victim = scene.gatewayPods().first();
            scene.kubectl("delete", "pod", victim);
            scene.kubectl("rollout", "status", scene.gatewayDeployment(), "--timeout=180s");
            awaitServed(4);
        });
    }

    @Test
    void a_gateway_pod_dies_and_nobody_tells() {
        rehearse("one gateway pod killed without warning", run -> {
            Victim victim = scene.victim(scene.gatewayPods().first());
            Scene.PodPlace place = scene.place(victim.name());
            String kubelet = victim.node() + "/kubelet";
            scene.lab().signal(kubelet, "STOP");
            try {
                run.mayLose(BFD.plus(ANSWERS_LATER));
                place.cutOff();
                faults.killAll(victim);
                run.goOn(Duration.ofSeconds(40));
            } finally {
                scene.lab().signal(kubelet, "CONT");
            }
            scene.awaitGatewayPods();
            awaitServed(4);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"node-agent", "controller", "webhook"})
    void a_part_of_the_product_is_killed(String component) {
        rehearse(component + " killed and restarted", run -> {
            for (Victim victim : scene.productPods(component)) {
                faults.kill(victim, component);
            }
            run.goOn(Duration.ofSeconds(3));
            scene.product().awaitWorkloads(Product.NAMESPACE);
        });
    }

    @Test
    void the_gateway_agents_are_killed() {
        rehearse("gateway-agent killed and restarted", run -> {
            for (String pod : scene.gatewayPods()) {
                faults.kill(scene.victim(pod), "gateway-agent");
            }
            run.goOn(Duration.ofSeconds(3));
            scene.awaitGatewayPods();
            awaitServed(4);
        });
    }

    @Test
    void a_pod_is_created_while_the_webhook_is_down() {
        rehearse("webhook down while a pod is created", run -> {
            String webhook = scene.productWorkload("webhook");
            scene.lab().kubectl("scale", webhook, "-n", Product.NAMESPACE, "--replicas=0");
            try {
                scene.lab()
                        .await(
                                "no webhook pod",
                                SOON,
                                () -> scene.productPods("webhook").isEmpty());
                Set<String> before = scene.targets();
                scene.scaleTo(5, now -> run.added(without(now, before)));
                String fresh = without(scene.targets(), before).iterator().next();
                // The pod is ready by itself: nothing waits for its VIPs.
                scene.lab().await(fresh + " attached", ATTACHED, () -> scene.isAttached(fresh));
                awaitServed(5);
                scale(run, 4);
            } finally {
                scene.lab().kubectl("scale", webhook, "-n", Product.NAMESPACE, "--replicas=2");
                scene.product().awaitWorkloads(Product.NAMESPACE);
            }
        });
    }

    @Test
    void the_vips_move_to_another_service() {
        scene.application("c", 2);
        scene.apply(serviceC(scene.product().text("examples/stateless/dual-stack/gateway.yaml")));
        scene.product().awaitWorkloads(scene.namespace());
        rehearse("a VIP moved to another Service", run -> {
            run.added(scene.targets("c"));
            run.lost(scene.targets());
            scene.serveBy("service-c");
            awaitServed(2);
            run.lost(scene.targets("c"));
            scene.serveBy("service-b");
            awaitServed(4);
        });
    }

    @Test
    void a_pod_loses_the_label_that_selects_it() {
        rehearse("the selecting label taken off a pod", run -> {
            Set<String> before = scene.targets();
            String victim = scene.targets().first();
            run.lost(Set.of(victim));
            scene.kubectl("label", "pod", victim, "app-");
            scene.lab()
                    .await(
                            "another target",
                            SOON,
                            () -> scene.targets().size() == 4
                                    && !scene.targets().contains(victim));
            run.added(without(scene.targets(), before));
            scene.awaitReady(4);
            awaitServed(4);
            scene.kubectl("delete", "pod", victim, "--wait=false");
        });
    }

    @Test
    void bird_stops_in_one_gateway_pod() {
        LeakProbe probe = LeakProbe.install(scene);
        try {
            rehearse("BIRD stopped in one gateway pod", run -> {
                run.mayLose(BFD.plus(ANSWERS_LATER));
                scene.stopBird(scene.gatewayPods().first());
                run.goOn(Duration.ofSeconds(2));
                awaitServed(4);
            });
            assertThat(probe.leaked()).isZero();
        } finally {
            probe.remove();
        }
    }

    @Test
    void a_target_is_cut_off() {
        rehearse("a target cut off and back", run -> {
            String victim = scene.targets().first();
            Scene.PodPlace place = scene.place(victim);
            run.cutOff(Set.of(victim), MASKED);
            place.silence("net2");
            try {
                awaitServed(3);
                run.goOn(Duration.ofSeconds(2));
            } finally {
                place.hear();
            }
            awaitServed(4);
        });
    }

    @Test
    void a_gateway_pod_is_cut_off_from_the_targets() {
        rehearse("a gateway pod cut off from the targets and back", run -> {
            Scene.PodPlace place = scene.place(scene.gatewayPods().first());
            run.mayLose(ISOLATION);
            place.silence("net2");
            try {
                scene.lab().await("one next hop", SOON, () -> scene.nextHops(VIP4) == 1 && scene.nextHops(VIP6) == 1);
                run.goOn(Duration.ofSeconds(2));
            } finally {
                place.hear();
            }
            awaitServed(4);
        });
    }

    @ParameterizedTest
    @CsvSource({"vlan-200, answers larger than the external MTU", "net2, requests larger than the internal MTU"})
    void packets_are_larger_than_the_path(String interfaceName, String event) {
        rehearse(event, _ -> Transfer.assertFindsItsWayThrough(scene, interfaceName));
    }

    @Test
    void the_api_server_is_down() {
        rehearse("API server down for 60 s", run -> {
            Map<Scene.PodPlace, List<String>> held = scene.targets().stream()
                    .map(scene::place)
                    .collect(Collectors.toMap(place -> place, Scene.PodPlace::held));
            scene.lab().signal("cp/apiserver", "KILL");
            run.goOn(Duration.ofSeconds(60));
            held.forEach(
                    (place, before) -> assertThat(place.held()).isNotEmpty().isEqualTo(before));
            scene.lab().start("cp/apiserver");
            scene.lab()
                    .await(
                            "the API server",
                            SOON,
                            () -> scene.lab()
                                    .tryKubectl("get", "--raw", "/readyz")
                                    .good());
            awaitServed(4);
        });
    }

    @Test
    void bad_input_changes_nothing_for_the_others() {
        rehearse("bad input", run -> {
            scene.apply(BAD_INPUT);
            scene.kubectl("wait", "l34route/unusable-vip", "--for=jsonpath={.status.parents}", "--timeout=30s");
            scene.kubectl("wait", "gatewayrouter/wrong", "--for=condition=Accepted=false", "--timeout=30s");
            run.goOn(Duration.ofSeconds(3));
            scene.kubectl("delete", "l34route/unusable-vip", "gatewayrouter/wrong", "service/selects-nothing");
        });
    }

    private static void scale(Rehearsal run, int count) {
        Set<String> before = scene.targets();
        // Who goes is not known before, and new ones get traffic before anybody could ask: what is not there at the end
        // went.
        scene.scaleTo(count, now -> {
            run.added(without(now, before));
            run.died(without(before, now), DEATH);
        });
        awaitServed(count);
    }

    /** The example's Service for the pods of the second application. */
    private static String serviceC(String manifests) {
        return Stream.of(manifests.split("(?m)^---\\s*$"))
                .filter(manifest -> manifest.contains("kind: Service\n"))
                .findFirst()
                .orElseThrow()
                .replace("service-b", "service-c")
                .replace("target-application-b", "target-application-c");
    }

    private static Set<String> without(Set<String> all, Set<String> those) {
        Set<String> rest = new HashSet<>(all);
        rest.removeAll(those);
        return rest;
    }

    private static void awaitServed(int targets) {
        scene.awaitServed(VIP4, targets);
        scene.awaitServed(VIP6, targets);
    }

    private static void rehearse(String event, Consumer<Rehearsal> happening) {
        Cost worst = null;
        for (int run = 1; run <= RUNS; run++) {
            long seed = SEED + run;
            scene.awaitNoHandover();
            Cost cost = Rehearsal.of(scene, seed, happening);
            System.err.println(
                    "reliability: " + event + ": " + cost.line() + " (run " + run + ", -Dseed=" + seed + ")");
            worst = worst == null ? cost : worst.worst(cost);
        }
        if (worst != null) {
            keep(event, worst);
            assertThat(worst.excess()).as(event + ": " + worst.excessText()).isEmpty();
        }
    }

    /** Beside the test's own report, where a person looks for more than the first lines. */
    private static void keep(String event, Cost worst) {
        try {
            Path folder = Files.createDirectories(Path.of("target/reliability"));
            String name = event.replaceAll("[^A-Za-z0-9]+", "-");
            Files.writeString(folder.resolve(name + ".md"), worst.row(event, RUNS) + "\n");
            Files.writeString(folder.resolve(name + ".txt"), worst.excessInFull());
            if (!worst.excess().isEmpty()) {
                String logs = scene.logs();
                Files.writeString(folder.resolve(name + ".log"), Story.of(logs) + "\n\n" + logs);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(event, e);
        }
    }
}
