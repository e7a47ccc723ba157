// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.e2e.Scene.SOON;
import static org.l34gateway.e2e.Scene.VIP4;
import static org.l34gateway.e2e.Scene.VIP6;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.lab.product.Product;

/** What is no longer wanted is removed (D8), while the application goes on. */
@Tag("cluster")
@ExtendWith(ProductExtension.class)
class RemovalTest {
    @Test
    void nothing_of_ours_is_left_when_gateway_service_and_route_are_deleted(Product product) {
        try (Scene scene = Scene.open(product)) {
            var lives = scene.lives();
            scene.kubectl("delete", "gateway/my-stateless-lb-gateway", "service/service-b", "l34route/vips-port-4000");

            scene.lab()
                    .await("no route to " + VIP4, SOON, () -> scene.routes(VIP4).isEmpty());
            scene.lab()
                    .await("no route to " + VIP6, SOON, () -> scene.routes(VIP6).isEmpty());
            scene.lab().await("no gateway pod", SOON, () -> scene.gatewayPods().isEmpty());
            scene.lab()
                    .await(
                            "no EndpointSlice of ours",
                            SOON,
                            () -> scene.kubectl(
                                            "get",
                                            "endpointslices",
                                            "-o=name",
                                            "-l=endpointslice.kubernetes.io/managed-by=l34-gateway")
                                    .isBlank());
            for (String pod : scene.targets()) {
                Scene.PodPlace place = scene.place(pod);
                scene.lab().await("nothing of ours in " + pod, SOON, place::isClean);
            }
            assertThat(scene.kubectl(
                            "get",
                            "deployments,serviceaccounts,rolebindings,poddisruptionbudgets,gatewayreports",
                            "-o=name"))
                    .doesNotContain("my-stateless-lb-gateway");
            assertThat(lives).containsAllEntriesOf(scene.lives());
        }
    }
}
