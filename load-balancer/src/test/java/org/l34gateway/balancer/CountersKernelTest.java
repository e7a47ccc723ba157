// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.nftables.Nftables.Count;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.program.Backend;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;

/** What the kernel counts of real packets, by both ways through it. */
@Tag("kernel")
@Timeout(60)
@ExtendWith(InScratchNetns.class)
class CountersKernelTest {
    private static final String VIP = "20.0.0.1";
    private static final ForwardingProgram PROGRAM = Programs.example(16, Set.of(1, 2, 3, 4));

    private final Testbed bed = new Testbed();
    private LoadBalancer balancer = open(FastPath.ON);
    private KernelCounters counters = bed.counters();

    private LoadBalancer open(FastPath fastPath) {
        return bed.gateway.call(() -> LoadBalancer.open(Testbed.INTERFACES, fastPath, System::nanoTime));
    }

    @BeforeEach
    void forwardToAllTargets() {
        assertThat(balancer.apply(PROGRAM).problems()).isEmpty();
    }

    @AfterEach
    void close() {
        counters.close();
        balancer.close();
        bed.close();
    }

    private void send(DatagramSocket socket, int datagrams) {
        for (int i = 0; i < datagrams; i++) {
            assertThat(Testbed.udp(socket, VIP, 100, 3_000)).isPresent();
        }
    }

    private void sendInVain(String vip) {
        assertThat(Testbed.udp(bed.udpSocket(vip), vip, 100, 100)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_flow_and_its_target_count_what_is_forwarded(FastPath fastPath) {
        balancer.close();
        balancer = open(fastPath);
        balancer.apply(PROGRAM);
        send(bed.udpSocket(VIP), 10);
        Counters read = counters.read(PROGRAM, Flow::name, balancer.sentByStage());
        Count ten = new Count(10, 10 * (20 + 8 + 100));
        assertThat(read.flows()).containsEntry("ns/route", ten).hasSize(1);
        assertThat(read.targets()).hasSize(2 * Testbed.TARGETS);
        assertThat(read.targets().values().stream().filter(count -> count.packets() > 0))
                .containsExactly(ten);
        assertThat(read.dropped().values()).allMatch(count -> count.packets() == 0);
    }

    @Test
    void what_is_dropped_is_counted_by_its_reason() {
        balancer.apply(new ForwardingProgram(
                Programs.SEED,
                PROGRAM.groups(),
                List.of(
                        PROGRAM.flows().getFirst(),
                        PROGRAM.flows()
                                .getFirst()
                                .to("ns/nobody", List.copyOf(Programs.prefixes("20.0.0.9")), List.<Backend>of()))));
        sendInVain("20.0.0.9");
        assertThat(counters.read(PROGRAM, Flow::name).dropped()).containsEntry(Dropped.NO_TARGET, new Count(1, 128));
        balancer.apply(Programs.otherPort(PROGRAM));
        sendInVain(VIP);
        assertThat(counters.read(PROGRAM, Flow::name).dropped())
                .containsEntry(Dropped.NO_FLOW, new Count(1, 128))
                .containsEntry(Dropped.NOT_FORWARDED, new Count(0, 0));
        sendInVain("20.0.0.77");
        assertThat(counters.read(PROGRAM, Flow::name).dropped())
                .containsEntry(Dropped.NOT_FORWARDED, new Count(1, 128));
    }

    @Test
    void sums_go_on_when_the_route_is_edited_and_begin_at_0_in_a_new_process() throws IOException {
        DatagramSocket socket = bed.udpSocket(VIP);
        send(socket, 5);
        counters.read(PROGRAM, Flow::name);
        ForwardingProgram three = Programs.example(16, Set.of(1, 2, 3));
        balancer.apply(Programs.otherPort(PROGRAM));
        counters.read(PROGRAM, Flow::name);
        balancer.apply(three);
        send(socket, 2);
        Counters read = counters.read(three, Flow::name);
        assertThat(read.flows()).containsEntry("ns/route", new Count(7, 7 * 128));
        assertThat(read.targets()).doesNotContainKey(IpAddress.parse("10.8.0.4"));

        counters.close();
        counters = bed.counters();
        assertThat(counters.read(three, Flow::name).flows()).containsEntry("ns/route", new Count(0, 0));
        send(socket, 1);
        assertThat(counters.read(three, Flow::name).flows()).containsEntry("ns/route", new Count(1, 128));
    }
}
