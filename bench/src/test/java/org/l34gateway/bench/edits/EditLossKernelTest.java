// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.bench.dataplane.Tool;
import org.l34gateway.linux.testing.InScratchNetns;

@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class EditLossKernelTest {
    private final List<String> said = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(FastPath.class)
    void edits_and_killed_processes_lose_no_packet(FastPath fastPath) {
        assertThat(new EditLoss(20, 1, fastPath, said::add).measure().max())
                .as("%s", said)
                .isZero();
    }

    @Test
    void packets_that_nobody_forwards_are_lost() {
        Edits edits = new Edits(1);
        Ways ways = Ways.of(List.of(edits.program()), EditLoss.flows());
        try (Bed bed = new Bed(Edits.ADDRESSES);
                Passage passage = new Passage(bed, EditLoss.flows(), ways, new Course())) {
            Passage.Outcome outcome = passage.run(times(20), said::add);
            assertThat(outcome.sent()).isEqualTo(1_000);
            assertThat(outcome.lost()).isEqualTo(1_000);
            assertThat(outcome.astray()).isZero();
        }
    }

    @Test
    void packets_that_follow_a_program_of_another_time_are_astray() {
        Edits edits = new Edits(1);
        // The kernel has the first program, and the others are said to be there.
        for (int i = 0; i < 50; i++) {
            edits.next();
        }
        Ways ways = Ways.of(List.of(edits.program()), EditLoss.flows());
        try (Bed bed = new Bed(Edits.ADDRESSES);
                AgentProcess agent = AgentProcess.start(bed, 1, FastPath.ON);
                Passage passage = new Passage(bed, EditLoss.flows(), ways, new Course())) {
            agent.begin(0);
            agent.end(0);
            Passage.Outcome outcome = passage.run(times(200), said::add);
            assertThat(outcome.lost()).as("%s", said).isZero();
            assertThat(outcome.astray()).isBetween(1_000, 9_000);
        }
    }

    @Test
    void packets_that_wait_for_a_neighbour_until_the_next_run_are_lost_once_and_never_astray() {
        Ways ways = Ways.of(List.of(new Edits(1).program()), EditLoss.flows());
        try (Bed bed = new Bed(Edits.ADDRESSES);
                AgentProcess agent = AgentProcess.start(bed, 1, FastPath.OFF);
                Passage passage = new Passage(bed, EditLoss.flows(), ways, new Course())) {
            agent.begin(0);
            agent.end(0);
            Tool.run(bed.besideBalancer(List.of(
                    "nft",
                    "add table ip6 mute; add chain ip6 mute out { type filter hook output priority 0; };"
                            + " add rule ip6 mute out icmpv6 type nd-neighbor-solicit drop")));
            // The load balancer has asked already, and made questions quicker.
            Tool.run(bed.besideBalancer(List.of("sysctl", "-qw", "net.ipv6.neigh.int.retrans_time_ms=1000")));
            Tool.run(bed.besideBalancer(List.of("ip", "-6", "neigh", "flush", "dev", "int")));
            assertThat(passage.run(times(20), said::add).lost()).isPositive();
            Tool.run(bed.besideBalancer(List.of("nft", "delete table ip6 mute")));
            Passage.Outcome next = passage.run(times(2_500), said::add);
            assertThat(next.astray()).as("%s", said).isZero();
        }
    }

    private static BooleanSupplier times(int times) {
        AtomicInteger left = new AtomicInteger(times);
        return () -> left.getAndDecrement() > 0;
    }
}
