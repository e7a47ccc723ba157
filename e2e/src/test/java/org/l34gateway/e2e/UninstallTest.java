// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.e2e.Scene.SOON;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.lab.product.Product;

/** The steps that charts/l34-gateway/README.md gives before {@code helm uninstall}. */
@Tag("cluster")
@ExtendWith(ProductExtension.class)
class UninstallTest {
    private static final String PLUGINS = "ls /opt/cni/bin | grep -c -x -e loopback-vip -e policy-route || true";

    @AfterEach
    void attachAgain(Product product) {
        install(product, "{detach: false}");
    }

    @Test
    void detach_empties_running_pods_and_removes_the_plugins_with_the_last_that_needs_them(Product product) {
        try (Scene scene = Scene.open(product)) {
            Map<String, String> lives = scene.lives();
            install(product, "{detach: true}");

            for (String pod : scene.targets()) {
                assertThat(scene.place(pod).isClean())
                        .as("nothing of ours in " + pod)
                        .isTrue();
                assertThat(scene.isReady(pod)).as(pod + " ready").isTrue();
            }
            assertThat(scene.lives()).isEqualTo(lives);
            assertThat(plugins(scene)).isEqualTo("2 2");

            scene.kubectl("delete", "gateway/my-stateless-lb-gateway");
            scene.kubectl("scale", Scene.DEPLOYMENT, "--replicas=0");
            scene.lab().await("no target", SOON, () -> scene.targets().isEmpty());
            scene.lab().await("no plugin", SOON, () -> plugins(scene).equals("0 0"));
            scene.scale(2);
            for (String pod : scene.targets()) {
                assertThat(scene.place(pod).isClean())
                        .as("nothing of ours in " + pod)
                        .isTrue();
            }
        }
    }

    private static void install(Product product, String values) {
        product.applyChart("charts/l34-gateway", Product.RELEASE, Product.NAMESPACE, values);
        product.awaitWorkloads(Product.NAMESPACE);
    }

    /** How many of ours each node has. */
    private static String plugins(Scene scene) {
        return scene.lab().node(1).command("bash", "-c", PLUGINS).output() + " "
                + scene.lab().node(2).command("bash", "-c", PLUGINS).output();
    }
}
