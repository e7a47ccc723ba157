// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.inputs;
import static org.l34gateway.gateway.plan.Fixtures.node;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.NodeReport;

class DepartureTest {
    private static final List<String> VIP = List.of("20.0.0.1/32");

    private final FakePod pod = new FakePod();
    private final GatewayCycle cycle = new GatewayCycle(SELF, pod, pod, pod, pod, () -> 0, new SimpleMeterRegistry());

    private GatewayCycle.Result run(boolean leaving, NodeReport... nodes) {
        return cycle.run(inputs(Map.of("a", VIP)), List.of(nodes), leaving);
    }

    @Test
    void it_ends_when_the_report_is_written_and_no_pod_uses_this_one() throws Exception {
        var triggered = new CountDownLatch(1);
        var departure = new Departure(Duration.ofSeconds(60));
        departure.observe(run(false), true);
        assertThat(departure.begun()).isFalse();

        Thread closing = Thread.ofPlatform().start(() -> departure.leave(triggered::countDown));
        assertThat(triggered.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(departure.begun()).isTrue();
        departure.observe(run(true), false);
        departure.observe(run(true, node("a", VIP, List.of("169.111.100.9"))), true);
        assertThat(closing.join(Duration.ofMillis(100)))
                .as("the report is not written, then a pod still uses it")
                .isFalse();
        departure.observe(run(true, node("a", VIP, List.of())), true);
        assertThat(closing.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void it_ends_when_its_patience_is_over() {
        var departure = new Departure(Duration.ofMillis(50));
        departure.leave(() -> {});
        assertThat(departure.begun()).isTrue();
    }
}
