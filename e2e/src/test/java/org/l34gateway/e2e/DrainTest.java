// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.e2e.Scene.SOON;
import static org.l34gateway.e2e.Scene.VIP4;
import static org.l34gateway.e2e.Scene.VIP6;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.e2e.load.Exchange;
import org.l34gateway.e2e.load.Exchange.Kind;
import org.l34gateway.e2e.load.Load;
import org.l34gateway.lab.product.Product;

/** A pod that is deleted and goes on serving for its grace period, as KEP-1669 wants it of applications. */
@Tag("cluster")
@ExtendWith(ProductExtension.class)
class DrainTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    /** For which the application goes on serving. */
    private static final String DRAINS = "{drainSeconds: 10}";
    /** Less than that. */
    private static final Duration SERVES = Duration.ofSeconds(9);
    /** By then everybody knows that the pod terminates, also where all of them share two cores with the load. */
    private static final Duration TOLD = Duration.ofSeconds(5);

    @Test
    void it_keeps_its_connections_until_it_ends_and_gets_no_others(Product product) {
        try (Scene scene = Scene.open(product, DRAINS);
                Load load =
                        Load.start(scene.lab().router(Scene.ROUTER).host(), SEED, Scene.PORT, List.of(VIP4, VIP6))) {
            load.flowFor(Duration.ofSeconds(3));
            SortedSet<String> before = scene.targets();
            String pod = before.first();
            scene.kubectl("delete", "pod", pod, "--wait=false");
            long deleted = System.nanoTime();
            load.flowFor(SERVES);
            long serving = System.nanoTime();
            scene.lab().await(pod + " is gone", SOON, () -> !scene.targets().contains(pod));
            load.flowFor(Duration.ofSeconds(3));
            List<Exchange> all = load.stop();

            List<Exchange> its =
                    all.stream().filter(each -> each.target().equals(pod)).toList();
            Set<String> connections = flows(its.stream()
                    .filter(each -> each.kind() == Kind.SESSION && each.ok() && each.sentNanos() - deleted < 0)
                    .toList());
            assertThat(connections).as("connections that it had").hasSizeGreaterThan(5);
            assertThat(flows(its.stream()
                            .filter(each -> each.kind() == Kind.SESSION && each.ok())
                            .filter(each -> each.sentNanos()
                                            - (serving - Duration.ofSeconds(1).toNanos())
                                    > 0)
                            .filter(each -> each.sentNanos() - serving < 0)
                            .toList()))
                    .as("connections that go on, repeat with -Dseed=%d", SEED)
                    .isEqualTo(connections);
            Duration last = its.stream()
                    .filter(each -> each.kind() != Kind.SESSION)
                    .map(each -> Duration.ofNanos(each.sentNanos() - deleted))
                    .max(Duration::compareTo)
                    .orElseThrow();
            assertThat(last).as("from its deletion to its last new flow").isLessThan(TOLD);
            var ended = new Allowance(
                    "its connections, after it had ended",
                    each -> each.kind() == Kind.SESSION && each.target().equals(pod) && each.endNanos() - serving >= 0);
            Set<String> moving = new TreeSet<>(scene.targets());
            moving.removeAll(before);
            moving.add(pod);
            Cost cost = Cost.of(all, List.of(ended), moving, deleted);
            scene.assertNoExcess(cost, SEED);
        }
    }

    private static Set<String> flows(List<Exchange> exchanges) {
        return exchanges.stream().map(Exchange::flowName).collect(Collectors.toSet());
    }
}
