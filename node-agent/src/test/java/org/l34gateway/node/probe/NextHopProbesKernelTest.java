// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Netns;
import org.l34gateway.linux.neighbour.NeighbourProbe;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.LinkChange;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.MacAddress;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.node.sandbox.Sandbox;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Ticker;

/** Sandboxes that come and go under the probes; the clock is a number. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NextHopProbesKernelTest {
    private static final IpAddress HOP = IpAddress.parse("10.1.0.1");

    private static final MacAddress SUCCESSOR = MacAddress.parse("02:00:00:00:00:77");

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final AtomicInteger changes = new AtomicInteger();
    private long nanos = 1;
    private int ifindex;

    private NextHopProbes newProbes() {
        return new NextHopProbes(new JvmHost(), () -> nanos, metrics, changes::incrementAndGet);
    }

    private void run(NextHopProbes probes) {
        nanos += NeighbourProbe.INTERVAL.toNanos();
        assertThat(probes.reconcile()).isEqualTo(Outcome.after(NeighbourProbe.INTERVAL));
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
                    new ProbedHops.Hops("shop/a", Map.of(HOP, hop(2, "old"))),
                    healthy,
                    new ProbedHops.Hops("shop/b", Map.of(HOP, hop(99, "old"))),
                    new Sandbox("never", "/nowhere"),
                    new ProbedHops.Hops("shop/c", Map.of(HOP, hop(2, "old")))));
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

    /** The gateway's end of the wire is in the test's namespace, and the clock is the kernel's. */
    @Test
    void one_with_another_mac_address_waits_for_a_report_and_one_with_the_same_does_not(ScratchNetns pod) {
        try (NextHopProbes probes = new NextHopProbes(new JvmHost(), Ticker.SYSTEM, metrics, changes::incrementAndGet);
                NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink gateway = new Rtnetlink(socket);
            Sandbox sandbox = answering(pod, gateway);
            int wire = Objects.requireNonNull(gateway.link("wire")).index();
            watch(probes, sandbox);
            await("first sight", probes, () -> macInside(pod) != null);
            look(probes);
            gateway.setUp(wire, false);
            await("death", probes, () -> probes.deadIn(sandbox).contains(HOP));
            gateway.setUp(wire, true);
            await("return", probes, () -> probes.deadIn(sandbox).isEmpty());

            LinkChange.setMac(wire, SUCCESSOR);
            await(
                    "death of the old sandbox",
                    probes,
                    () -> probes.deadIn(sandbox).contains(HOP));
            await("the new one", probes, () -> Objects.equals(macInside(pod), SUCCESSOR));
            for (int i = 0; i < 50; i++) {
                look(probes);
                assertThat(probes.deadIn(sandbox)).containsExactly(HOP);
            }
            watch(probes, sandbox, "old", "new");
            await("its report", probes, () -> probes.deadIn(sandbox).isEmpty());
        }
    }

    @Test
    void one_with_another_mac_address_is_out_also_when_nobody_saw_the_old_one_die(ScratchNetns pod) {
        try (NextHopProbes probes = new NextHopProbes(new JvmHost(), Ticker.SYSTEM, metrics, changes::incrementAndGet);
                NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink gateway = new Rtnetlink(socket);
            Sandbox sandbox = answering(pod, gateway);
            watch(probes, sandbox);
            await("first sight", probes, () -> macInside(pod) != null);
            look(probes);
            LinkChange.setMac(Objects.requireNonNull(gateway.link("wire")).index(), SUCCESSOR);
            inside(pod, kernel -> kernel.replace(new Neighbour(ifindex, HOP, SUCCESSOR, Neighbour.STATE_STALE, 0)));
            look(probes);
            assertThat(probes.deadIn(sandbox)).as("as after its announcement").containsExactly(HOP);
            watch(probes, sandbox, "new");
            await("its report", probes, () -> probes.deadIn(sandbox).isEmpty());
            assertThat(changes).hasValue(2);
        }
    }

    private void watch(NextHopProbes probes, Sandbox sandbox) {
        watch(probes, sandbox, "old");
    }

    private void watch(NextHopProbes probes, Sandbox sandbox, String... vouchers) {
        probes.watch(Map.of(sandbox, new ProbedHops.Hops("shop/a", Map.of(HOP, hop(ifindex, vouchers)))));
    }

    private static ProbedHops.Hop hop(int ifindex, String... vouchers) {
        return new ProbedHops.Hop(ifindex, Set.of(vouchers));
    }

    /** A look, and a little time for the kernel. */
    private static void look(NextHopProbes probes) {
        probes.reconcile();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }

    private static void await(String what, NextHopProbes probes, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            look(probes);
        }
    }

    /** A wired pod whose next hop answers. */
    private Sandbox answering(ScratchNetns pod, Rtnetlink gateway) {
        Sandbox sandbox = wired(pod);
        int wire = Objects.requireNonNull(gateway.link("wire")).index();
        gateway.add(new Address(wire, HOP, 24, 0, 0, 0));
        gateway.setUp(wire, true);
        inside(pod, kernel -> kernel.add(new Address(ifindex, IpAddress.parse("10.1.0.50"), 24, 0, 0, 0)));
        return sandbox;
    }

    /** Under which MAC address the pod reaches the next hop; null while it does not. */
    private static @Nullable MacAddress macInside(ScratchNetns pod) {
        return inside(
                pod,
                kernel -> kernel.neighbours().stream()
                        .filter(entry -> entry.address().equals(HOP) && entry.state() == Neighbour.STATE_REACHABLE)
                        .findAny()
                        .map(Neighbour::mac)
                        .orElse(null));
    }

    private static <T extends @Nullable Object> T inside(ScratchNetns pod, Function<Rtnetlink, T> work) {
        return pod.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                return work.apply(new Rtnetlink(socket));
            }
        });
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
