// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.e2e.Scene.SOON;
import static org.l34gateway.e2e.Scene.VIP4;
import static org.l34gateway.e2e.Scene.VIP6;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.e2e.load.Load;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.product.Product;

/** Another version of the plugins and of node-agent takes over nodes with running pods. */
@Tag("cluster")
@ExtendWith(ProductExtension.class)
class UpgradeTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final Duration BEFORE = Duration.ofSeconds(2);

    /** Programs are still programs with more behind their end: these stand for those of another version. */
    private static final String OTHER_VERSION = """
            cd /opt/cni/bin
            for plugin in loopback-vip policy-route; do
              (cat "$plugin"; echo of another version) > ".$plugin.other"
              chmod 755 ".$plugin.other"
              mv ".$plugin.other" "$plugin"
            done
            """;

    @Test
    void running_pods_lose_nothing_and_are_taken_over(Product product) {
        try (Scene scene = Scene.open(product);
                Load load =
                        Load.start(scene.lab().router(Scene.ROUTER).host(), SEED, Scene.PORT, List.of(VIP4, VIP6))) {
            List<Host> nodes = List.of(scene.lab().node(1), scene.lab().node(2));
            List<String> ours = nodes.stream().map(UpgradeTest::checksums).toList();
            load.flowFor(BEFORE);
            long replaced = System.nanoTime();
            nodes.forEach(node -> node.command("bash", "-c", OTHER_VERSION).output());
            assertThat(nodes.stream().map(UpgradeTest::checksums)).doesNotContainAnyElementsOf(ours);
            String agents = scene.productWorkload("node-agent");
            scene.lab().kubectl("rollout", "restart", agents, "-n", Product.NAMESPACE);
            scene.lab().kubectl("rollout", "status", agents, "-n", Product.NAMESPACE, "--timeout=180s");
            assertThat(nodes.stream().map(UpgradeTest::checksums)).isEqualTo(ours);
            load.flowFor(BEFORE);
            Cost cost = Cost.of(load.stop(), List.of(), Set.of(), replaced);
            assertThat(cost.connections()).isPositive();
            scene.assertNoExcess(cost, SEED);

            List<String> attachedBefore = List.copyOf(scene.targets());
            scene.kubectl("rollout", "restart", Scene.DEPLOYMENT);
            scene.lab()
                    .await(
                            "only new targets",
                            SOON,
                            () -> scene.targets().size() == 4
                                    && scene.targets().stream().noneMatch(attachedBefore::contains));
            scene.awaitServed(VIP4, 4);
            // One that node-agent wrote behind a pod's DEL goes when it hears that the pod is gone.
            scene.lab()
                    .await(
                            "no record of pods that are gone",
                            SOON,
                            () -> attachedBefore.stream()
                                    .noneMatch(pod -> nodes.stream().anyMatch(node -> hasRecord(node, pod))));
        }
    }

    private static String checksums(Host node) {
        return node.command("bash", "-c", "cd /opt/cni/bin && sha256sum loopback-vip policy-route")
                .output();
    }

    private static boolean hasRecord(Host node, String pod) {
        return node.command("grep", "-rqF", pod, "/var/lib/cni/l34-gateway/attachments")
                .run()
                .good();
    }
}
