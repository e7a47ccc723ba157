// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Netns;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.node.sandbox.Sandbox;
import org.l34gateway.runtime.loop.Outcome;

/** Sandboxes that come and go under the probes; the clock is a number. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NextHopProbesKernelTest {
    private static final IpAddress HOP = IpAddress.parse("10.1.0.1");

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final AtomicInteger changes = new AtomicInteger();
    private long nanos = 1;
    private int ifindex;

    private NextHopProbes newProbes() {
        return new NextHopProbes(new JvmHost(), () -> nanos, metrics, changes::incrementAndGet);
    }

    private void run(NextHopProbes probes) {
        nanos += TimeUnit.MILLISECONDS.toNanos(300);
        assertThat(probes.reconcile()).isEqualTo(Outcome.after(Duration.ofMillis(300)));
    }

    private double deadHops() {
        return metrics.get("l34.node.next.hops.dead").gauge().value();
    }

    @Test
    void a_death_is_told_once_and_counted(ScratchNetns pod) {
        try (NextHopProbes probes = newProbes()) {
            Sandbox sandbox = wired(pod);
            watch(probes, sandbox);
            run(probes);
            run(probes);
            assertThat(probes.deadIn(sandbox)).isEmpty();
            assertThat(changes).hasValue(0);
            run(probes);
            run(probes);
            assertThat(probes.deadIn(sandbox)).containsExactly(HOP);
            assertThat(changes).hasValue(1);
            assertThat(deadHops()).isEqualTo(1);
            probes.watch(Map.of());
            run(probes);
            assertThat(probes.deadIn(sandbox)).isEmpty();
            assertThat(changes).hasValue(2);
            assertThat(deadHops()).isZero();
        }
    }

    @Test
    void a_sandbox_that_vanishes_stops_nobody_and_is_not_kept_alive(ScratchNetns pod) {
        try (NextHopProbes probes = newProbes();
                ScratchNetns other = ScratchNetns.create()) {
            Sandbox sandbox = wired(pod);
            Sandbox healthy = new Sandbox("other", other.path().toString());
            probes.watch(Map.of(
                    sandbox,
                    new ProbedHops.Hops("shop/a", Map.of(HOP, 2)),
                    healthy,
                    new ProbedHops.Hops("shop/b", Map.of(HOP, 99)),
                    new Sandbox("never", "/nowhere"),
                    new ProbedHops.Hops("shop/c", Map.of(HOP, 2))));
            run(probes);
            pod.close();
            for (int i = 0; i < 4; i++) {
                run(probes);
            }
            assertThat(probes.deadIn(healthy)).containsExactly(HOP);
            assertThat(probes.deadIn(sandbox)).isEmpty();
            awaitThatTheWireIsGone();
        }
    }

    private void watch(NextHopProbes probes, Sandbox sandbox) {
        probes.watch(Map.of(sandbox, new ProbedHops.Hops("shop/a", Map.of(HOP, ifindex))));
    }

    /** A wire from the test's namespace to a pod's; it goes with either namespace. */
    private Sandbox wired(ScratchNetns pod) {
        try (NetlinkSocket socket = NetlinkSocket.open();
                Netns there = Netns.open(pod.path())) {
            Rtnetlink kernel = new Rtnetlink(socket);
            kernel.addVeth("wire", "far");
            kernel.moveTo(Objects.requireNonNull(kernel.link("far")).index(), there.fd());
        }
        ifindex = pod.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                Rtnetlink kernel = new Rtnetlink(socket);
                int far = Objects.requireNonNull(kernel.link("far")).index();
                kernel.setUp(far, true);
                return far;
            }
        });
        return new Sandbox("c0ffee", pod.path().toString());
    }

    private static void awaitThatTheWireIsGone() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink kernel = new Rtnetlink(socket);
            while (kernel.link("wire") != null) {
                assertThat(System.nanoTime())
                        .as("the pod's namespace is kept alive")
                        .isLessThan(end);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }
}
