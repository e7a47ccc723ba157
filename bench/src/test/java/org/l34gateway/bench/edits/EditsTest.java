// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.TargetGroup;

class EditsTest {
    private static final int MANY = 300;
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @Test
    void equal_seeds_give_equal_sequences() {
        Edits one = new Edits(7);
        Edits other = new Edits(7);
        assertThat(one.program()).isEqualTo(other.program());
        for (int i = 0; i < MANY; i++) {
            assertThat(one.next()).isEqualTo(other.next());
        }
        assertThat(one.program()).isNotEqualTo(new Edits(8).program());
    }

    @Test
    void every_edit_changes_something_and_every_kind_is_among_them() {
        Edits edits = new Edits(SEED);
        Set<String> kinds = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            ForwardingProgram before = edits.program();
            ForwardingProgram after = edits.next();
            assertThat(after).as("repeat with -Dseed=%d", SEED).isNotEqualTo(before);
            kinds.add(kind(before, after));
        }
        assertThat(kinds)
                .as("repeat with -Dseed=%d", SEED)
                .containsExactlyInAnyOrder(
                        "target added",
                        "target removed",
                        "target moved",
                        "route",
                        "priority",
                        "VIP added",
                        "VIP removed");
    }

    private static String kind(ForwardingProgram before, ForwardingProgram after) {
        int flows = after.flows().size() - before.flows().size();
        if (flows != 0) {
            return flows > 0 ? "VIP added" : "VIP removed";
        }
        int targets = targets(after) - targets(before);
        if (targets != 0) {
            return targets > 0 ? "target added" : "target removed";
        }
        if (!after.groups().equals(before.groups())) {
            return "target moved";
        }
        List<Flow> changed = new ArrayList<>(after.flows());
        changed.removeAll(before.flows());
        return before.flows().stream()
                        .anyMatch(flow -> flow.name().equals(changed.getFirst().name())
                                && flow.priority() != changed.getFirst().priority())
                ? "priority"
                : "route";
    }

    private static int targets(ForwardingProgram program) {
        return program.groups().stream()
                .map(TargetGroup::targets)
                .mapToInt(List::size)
                .sum();
    }

    @Test
    void every_packet_of_the_measurement_has_a_target_under_every_program() {
        Edits edits = new Edits(SEED);
        List<ForwardingProgram> programs = new ArrayList<>(List.of(edits.program()));
        for (int i = 0; i < 100; i++) {
            programs.add(edits.next());
        }
        Ways ways = Ways.of(programs, EditLoss.flows());
        for (int flow = 0; flow < EditLoss.flows().size(); flow++) {
            assertThat(ways.allow(0, 100, flow, Ways.NOWHERE))
                    .as("repeat with -Dseed=%d", SEED)
                    .isFalse();
        }
    }
}
