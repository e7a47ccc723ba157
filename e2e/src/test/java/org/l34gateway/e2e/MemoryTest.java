// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.lab.LabStatus.ContainerLine;
import org.l34gateway.lab.LabStatus.PodLine;
import org.l34gateway.lab.product.Product;

/** Anonymous memory of the product's containers, after traffic. */
@Tag("cluster")
@ExtendWith(ProductExtension.class)
class MemoryTest {
    private static final Map<String, Integer> MOST_MEBIBYTES =
            Map.of("gateway-agent", 130, "bird", 10, "node-agent", 120, "webhook", 160, "controller", 160);

    @Test
    void each_container_stays_below_its_bound(Product product) {
        try (Scene scene = Scene.open(product)) {
            scene.assertServed(Scene.VIP4, org.l34gateway.lab.TrafficRequest.Protocol.TCP);
            var used = new TreeMap<String, Long>();
            for (PodLine pod : product.lab().status().pods()) {
                for (ContainerLine container : pod.containers()) {
                    if (MOST_MEBIBYTES.containsKey(container.name())) {
                        used.merge(container.name(), container.anonymousBytes() >> 20, Math::max);
                    }
                }
            }
            System.err.println("anonymous memory in MiB: " + used);
            assertThat(used.keySet()).isEqualTo(MOST_MEBIBYTES.keySet());
            assertThat(used)
                    .allSatisfy((name, mebibytes) ->
                            assertThat(mebibytes).as(name).isBetween(1L, (long) MOST_MEBIBYTES.get(name)));
        }
    }
}
