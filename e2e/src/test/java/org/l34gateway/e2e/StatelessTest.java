// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.e2e.Scene.SOON;
import static org.l34gateway.e2e.Scene.VIP4;
import static org.l34gateway.e2e.Scene.VIP6;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.lab.TrafficRequest.Protocol;
import org.l34gateway.lab.TrafficResult;
import org.l34gateway.lab.product.Product;

/** The use case "stateless load balancing" on a running Gateway. Each test leaves the scene as it found it. */
@Tag("cluster")
@ExtendWith(ProductExtension.class)
class StatelessTest {
    private static Scene scene;

    @RegisterExtension
    static final Story STORY = new Story(() -> scene == null ? "" : scene.logs());

    @BeforeAll
    static void open(Product product) {
        scene = Scene.open(product);
    }

    @AfterAll
    static void close() {
        if (scene != null) {
            scene.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"20.0.0.1, TCP", "20.0.0.1, UDP", "2000::1, TCP", "2000::1, UDP"})
    void connections_spread_over_four_targets(String vip, Protocol protocol) {
        TrafficResult result = scene.traffic(vip, protocol);
        assertThat(result.failed()).as(result.json()).isZero();
        assertThat(result.targets().keySet()).isEqualTo(scene.targets());
        // 400 flows over four targets: mean 100, standard deviation 8.7.
        assertThat(result.targets().values()).allMatch(share -> share >= 60);
    }

    @Test
    void after_each_scaling_exactly_the_present_targets_answer_and_kube_proxy_has_nothing_to_do() {
        long before = scene.kubeProxyChanges();
        for (int targets : new int[] {8, 3, 4}) {
            scene.scale(targets);
            scene.awaitServed(VIP4, targets);
            scene.awaitServed(VIP6, targets);
            scene.assertServed(VIP4, Protocol.TCP);
            scene.assertServed(VIP6, Protocol.TCP);
        }
        assertThat(scene.kubeProxyChanges())
                .as("changes of endpoints, as kube-proxy counts them")
                .isEqualTo(before);
    }

    @Test
    void a_second_vip_comes_and_goes_on_running_pods() {
        var before = scene.lives();
        scene.serve("20.0.0.1/32", "2000::1/128", "40.0.0.1/32", "4000::1/128");
        scene.awaitServed("40.0.0.1", 4);
        scene.awaitServed("4000::1", 4);
        scene.assertServed("40.0.0.1", Protocol.TCP);
        scene.assertServed("4000::1", Protocol.TCP);

        scene.serve("20.0.0.1/32", "2000::1/128");
        for (String vip : new String[] {"40.0.0.1", "4000::1"}) {
            scene.lab()
                    .await("no route to " + vip, SOON, () -> scene.routes(vip).isEmpty());
            for (String pod : scene.targets()) {
                scene.lab().await(pod + " without " + vip, SOON, () -> !holds(pod, vip));
            }
        }
        scene.assertServed(VIP4, Protocol.TCP);
        scene.assertServed(VIP6, Protocol.TCP);
        assertThat(scene.lives()).isEqualTo(before);
    }

    @Test
    void a_prefix_comes_and_goes_on_running_pods_and_every_address_of_it_is_served() {
        var before = scene.lives();
        scene.serve("20.0.0.1/32", "2000::1/128", "20.7.0.0/24", "2007::/64");
        scene.awaitServed("20.7.0.0/24", 4);
        scene.awaitServed("2007::/64", 4);
        for (String address : new String[] {"20.7.0.0", "20.7.0.255", "2007::1", "2007::ffff:0:0:1"}) {
            scene.assertServed(address, Protocol.TCP);
        }

        scene.serve("20.0.0.1/32", "2000::1/128");
        for (String prefix : new String[] {"20.7.0.0/24", "2007::/64"}) {
            scene.lab()
                    .await(
                            "no route to " + prefix,
                            SOON,
                            () -> scene.routes(prefix).isEmpty());
            for (String pod : scene.targets()) {
                scene.lab().await(pod + " without " + prefix, SOON, () -> !takes(pod, prefix));
            }
        }
        scene.assertServed(VIP4, Protocol.TCP);
        scene.assertServed(VIP6, Protocol.TCP);
        assertThat(scene.lives()).isEqualTo(before);
    }

    @Test
    void a_pod_that_the_webhook_missed_is_attached_by_the_node_agent() {
        String webhook = scene.productWorkload("webhook");
        scene.lab().kubectl("scale", webhook, "-n", Product.NAMESPACE, "--replicas=0");
        try {
            scene.lab()
                    .await(
                            "no webhook pod",
                            SOON,
                            () -> scene.productPods("webhook").isEmpty());
            String victim = scene.targets().first();
            scene.kubectl("delete", "pod", victim, "--wait=true");
            scene.scale(4);
            scene.awaitServed(VIP4, 4);
            scene.awaitServed(VIP6, 4);
            assertThat(scene.targets()).doesNotContain(victim);
            scene.assertServed(VIP4, Protocol.TCP);
            scene.assertServed(VIP6, Protocol.TCP);
        } finally {
            scene.lab().kubectl("scale", webhook, "-n", Product.NAMESPACE, "--replicas=2");
            scene.lab().kubectl("rollout", "status", webhook, "-n", Product.NAMESPACE, "--timeout=120s");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vlan-200", "net2"})
    void packets_larger_than_a_gateway_pods_interface_find_their_way(String interfaceName) {
        Transfer.assertFindsItsWayThrough(scene, interfaceName);
    }

    @Test
    void without_bird_no_answer_leaves_by_the_primary_network() {
        LeakProbe probe = LeakProbe.install(scene);
        try {
            var running = CompletableFuture.supplyAsync(() -> Transfer.answers(scene, VIP4, 2_000));
            probe.awaitAnswers();
            scene.gatewayPods().forEach(scene::stopBird);
            scene.lab()
                    .await("no route to " + VIP4, SOON, () -> scene.routes(VIP4).isEmpty());
            running.join();
            assertThat(probe.leaked()).isZero();
        } finally {
            probe.remove();
        }
        scene.awaitServed(VIP4, 4);
        scene.awaitServed(VIP6, 4);
        scene.assertServed(VIP4, Protocol.TCP);
    }

    @Test
    void a_router_that_bird_cannot_take_has_a_condition_and_the_others_go_on() {
        scene.apply("""
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: GatewayRouter
                metadata: {name: wrong, labels: {service.kubernetes.io/service-proxy-name: my-stateless-lb-gateway}}
                spec: {address: 169.254.100.151, interface: vlan-200, bgp: {holdTime: 1s}}
                """);
        try {
            scene.kubectl("wait", "gatewayrouter/wrong", "--for=condition=Accepted=false", "--timeout=60s");
            assertThat(scene.json("get", "gatewayrouter/wrong")
                            .at("/status/conditions")
                            .toString())
                    .contains("holdTime");
            scene.assertServed(VIP4, Protocol.TCP);
        } finally {
            scene.kubectl("delete", "gatewayrouter/wrong");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "destinationCIDRs: [20.0.0.300/32]                                  | destinationCIDRs",
                "{destinationCIDRs: [20.0.0.1/32], destinationPorts: ['70000']}     | destinationPorts",
                "{destinationCIDRs: [20.0.0.1/32], protocols: [ICMP]}               | protocols",
                "{destinationCIDRs: [20.0.0.1/32], byteMatches: ['tcp[0:3] = 1']}   | byteMatches",
            })
    void a_bad_route_is_refused_with_the_field_named(String fields, String field) {
        String inner = fields.startsWith("{") ? fields.substring(1, fields.length() - 1) : fields;
        String protocols = inner.contains("protocols") ? "" : ", protocols: [TCP]";
        var refused = scene.tryApply("{apiVersion: l34.gateway.api.poc/v1alpha1, kind: L34Route, metadata: {name: bad},"
                + " spec: {priority: 1, " + inner + protocols + "}}");
        assertThat(refused.good()).isFalse();
        assertThat(refused.err()).contains("spec." + field);
    }

    private static boolean holds(String pod, String vip) {
        return scene.place(pod).output("ip", "-o", "addr", "show", "dev", "lo").contains(" " + vip + "/");
    }

    private static boolean takes(String pod, String prefix) {
        String family = prefix.contains(":") ? "-6" : "-4";
        return scene.place(pod)
                .output("ip", family, "route", "show", "table", "local")
                .contains(" " + prefix + " ");
    }
}
