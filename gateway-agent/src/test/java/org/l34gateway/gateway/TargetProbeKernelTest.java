// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.inputs;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.gateway.plan.Inputs;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Netns;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.runtime.loop.Pace;
import org.l34gateway.runtime.loop.ReconcileLoop;
import org.l34gateway.runtime.loop.Ticker;

/** A gateway pod (the test's namespace) with a real data plane, and two targets at the other end of its wire. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class TargetProbeKernelTest {
    private static final List<String> BOTH = List.of("20.0.0.1/32", "2000::1/128");
    private static final Inputs TWO = inputs(new TreeMap<>(Map.of("a", BOTH, "b", BOTH)));
    private static final String A4 = "169.111.100.100";
    /** The kernel takes the later IPv4 addresses away with the first one. */
    private static final List<String> TARGETS = List.of("169.111.100.101", A4, "fd00::1:0", "fd00::1:1");

    /** From the failure until the kernel sends the target nothing any more (issue 5). */
    private static final long BOUND_MILLIS = 1_000;

    private static final int ROUNDS = 5;

    private final Semaphore news = new Semaphore(0);
    private final FakePod bird = new FakePod();

    private static GatewayReportSpec.TargetVips holds(String pod, String... vips) {
        return new GatewayReportSpec.TargetVips(pod, List.of(vips));
    }

    @Test
    void a_target_whose_family_falls_silent_is_left_out_within_a_second_and_comes_back(ScratchNetns targets) {
        GatewayPodKernelTest.parametersOfAGatewayPod();
        bird.watchesTheOrder = false; // the kernel is a real one
        try (NetlinkSocket socket = NetlinkSocket.open();
                NetlinkSocket probing = NetlinkSocket.open();
                KernelForwarder forwarder = new KernelForwarder(System::nanoTime)) {
            var kernel = new Rtnetlink(socket);
            GatewayPodKernelTest.interfaceWith(kernel, "net1", "169.254.100.9");
            wire(kernel, targets);
            var probe = new NeighbourTargetProbe(new Rtnetlink(probing), Ticker.SYSTEM);
            probe.tell(news::release);
            var cycle = new GatewayCycle(
                    SELF,
                    forwarder,
                    bird,
                    new KernelInterfaces(kernel),
                    probe,
                    System::nanoTime,
                    new SimpleMeterRegistry());
            try (ReconcileLoop loop = probeLoop(probe)) {
                loop.trigger();
                Set<GatewayReportSpec.TargetVips> all = Set.of(holds("uid-a", BOTH), holds("uid-b", BOTH));
                millisUntil(
                        cycle, report -> report.programmed() && report.targets().size() == 2);
                millisUntil(cycle, _ -> inState(kernel, TARGETS));

                List<Long> deaths = new ArrayList<>();
                List<Long> returns = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    inside(targets, there -> there.delete(address(there, "targets", A4)));
                    deaths.add(millisUntil(
                            cycle,
                            report -> new HashSet<>(report.targets())
                                    .equals(Set.of(holds("uid-a", "2000::1/128"), holds("uid-b", BOTH)))));
                    inside(targets, there -> there.add(address(there, "targets", A4)));
                    returns.add(millisUntil(cycle, report -> new HashSet<>(report.targets()).equals(all)));
                }
                assertInTime(deaths);
                assertInTime(returns);
                assertThat(deaths).allSatisfy(millis -> assertThat(millis).isGreaterThan(500));
            }
        }
    }

    /** One round may meet a busy machine. */
    private static void assertInTime(List<Long> millis) {
        List<Long> sorted = millis.stream().sorted().toList();
        assertThat(sorted.get(ROUNDS - 2)).as("of %s ms", millis).isLessThan(BOUND_MILLIS);
    }

    private static GatewayReportSpec.TargetVips holds(String pod, List<String> vips) {
        return new GatewayReportSpec.TargetVips(pod, vips);
    }

    /** As the process runs it: a thread that is made here stays in this namespace. */
    private static ReconcileLoop probeLoop(NeighbourTargetProbe probe) {
        return new ReconcileLoop(
                        "probe",
                        probe,
                        Pace.every(Duration.ofMillis(50)),
                        Ticker.SYSTEM,
                        new SimpleMeterRegistry(),
                        Thread.ofPlatform())
                .start();
    }

    private static boolean inState(Rtnetlink kernel, List<String> addresses) {
        return addresses.stream()
                .map(IpAddress::parse)
                .allMatch(address -> kernel.neighbours().stream()
                        .anyMatch(entry -> entry.address().equals(address) && entry.isUsable()));
    }

    /** Runs the cycle when the probe has news, else every 100 ms, until the report is as expected. */
    private long millisUntil(GatewayCycle cycle, Predicate<GatewayReportSpec> expected) {
        long began = System.nanoTime();
        while (true) {
            GatewayReportSpec report = cycle.run(TWO, List.of(), false).report();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            if (expected.test(report)) {
                return millis;
            }
            assertThat(millis).as("milliseconds with %s", report).isLessThan(10_000);
            try {
                boolean _ = news.tryAcquire(100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** net2 here, with the targets' addresses at its other end. */
    private static void wire(Rtnetlink kernel, ScratchNetns targets) {
        kernel.addVeth("net2", "targets");
        try (Netns far = Netns.open(targets.path())) {
            kernel.moveTo(index(kernel, "targets"), far.fd());
        }
        inside(targets, there -> {
            there.setUp(index(there, "targets"), true);
            TARGETS.forEach(text -> there.add(address(there, "targets", text)));
            return 0;
        });
        kernel.setUp(index(kernel, "net2"), true);
        for (String text : List.of("169.111.100.9", "fd00::9")) {
            kernel.add(address(kernel, "net2", text));
        }
        Sysctl.SYSTEM.write("net/ipv4/conf/net2/rp_filter", "0");
    }

    private static Address address(Rtnetlink kernel, String link, String text) {
        IpAddress address = IpAddress.parse(text);
        int length = address.family().bits() == 32 ? 24 : 64;
        return new Address(index(kernel, link), address, length, Address.SCOPE_UNIVERSE, Address.FLAG_NODAD, 0);
    }

    private static int index(Rtnetlink kernel, String link) {
        return Objects.requireNonNull(kernel.link(link), link).index();
    }

    private static <T> T inside(ScratchNetns netns, Function<Rtnetlink, T> work) {
        return netns.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                return work.apply(new Rtnetlink(socket));
            }
        });
    }
}
