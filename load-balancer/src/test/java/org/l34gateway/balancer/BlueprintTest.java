// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.l34gateway.linux.nftables.TableName;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/**
 * Whatever came before, the tables are those of the last program, and what is said to have changed is all that has. Another
 * process finds each pool in the cell that it has: pools that differ by a target only that drains and never had a slot want the
 * same slots, but may remember other connections.
 */
class BlueprintTest {
    private static final int STEPS = 400;
    private static final long SEED = 7;

    /** The kernel's tables, as a process that writes only what was touched leaves them. */
    private static final class Kernel {
        private final Map<TableName, PresentTable> tables = new HashMap<>();

        PresentTable table(TableName name) {
            return tables.computeIfAbsent(name, _ -> PresentTable.none());
        }

        void take(Blueprint blueprint) {
            blueprint.tables().forEach(wanted -> table(wanted.name()).become(wanted, wanted.takeTouched()));
        }

        Left left() {
            return Left.read(table(Tables.DECIDES), Tables.addresses(table(Tables.SENDS)));
        }
    }

    private static Blueprint adopted(Left left) {
        return new Blueprint(SEED, Testbed.INTERFACES.families(), left);
    }

    /** Pools to which no packet goes, because other flows go before all of theirs, are told apart by their slots alone. */
    private static boolean tellsPoolsApart(Left left) {
        Set<String> reached = new HashSet<>();
        left.suffixes().values().forEach(reached::addAll);
        Set<String> cohorts = new HashSet<>();
        return left.states().keySet().stream()
                .filter(suffix -> !reached.contains(suffix))
                .allMatch(suffix -> cohorts.add(PoolNames.prefix(suffix)));
    }

    @Test
    void a_program_leads_to_the_same_tables_whatever_was_before_it() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        RandomPrograms random = new RandomPrograms(dice);
        Kernel kernel = new Kernel();
        Blueprint blueprint = adopted(Left.NOTHING);
        ForwardingProgram program = ForwardingProgram.empty(SEED);
        long now = 1;
        for (int step = 0; step < STEPS; step++) {
            now += dice.nextLong(Handovers.WINDOW.toNanos());
            program = switch (dice.nextInt(6)) {
                case 0 -> ForwardingProgram.empty(SEED);
                case 1, 2 -> withSeed(random.program(6));
                default -> alike(program, dice);
            };
            FastPath fastPath = dice.nextInt(5) == 0 ? FastPath.OFF : FastPath.ON;
            blueprint.next(program, ClassifierTest.DEVICES, fastPath, Map.of(), now);
            kernel.take(blueprint);

            String where = "step " + step + ", repeat with -Dseed=" + seed;
            Left left = kernel.left();
            if (!tellsPoolsApart(left)) {
                continue;
            }
            Blueprint fresh = adopted(left);
            fresh.next(program, ClassifierTest.DEVICES, fastPath, Map.of(), now);
            for (WantedTable wanted : fresh.tables()) {
                PresentTable present = kernel.table(wanted.name());
                TablePlan plan = TablePlan.decide(wanted, present, Scope.all(wanted, present));
                assertThat(plan).as(where).matches(TablePlan::isEmpty);
            }
            assertThat(blueprint.marks().byAddress())
                    .as(where)
                    .isEqualTo(fresh.marks().byAddress());
            assertThat(blueprint.forwarding().targets())
                    .as(where)
                    .isEqualTo(fresh.forwarding().targets());
            assertThat(blueprint.problems()).as(where).isEqualTo(fresh.problems());
        }
    }

    private static ForwardingProgram withSeed(ForwardingProgram program) {
        return new ForwardingProgram(SEED, program.groups(), program.flows());
    }

    /** The same but for a target or a route. */
    private static ForwardingProgram alike(ForwardingProgram program, Random dice) {
        List<TargetGroup> groups = new ArrayList<>(program.groups());
        List<Flow> flows = new ArrayList<>(program.flows());
        if (!groups.isEmpty() && dice.nextBoolean()) {
            int changed = dice.nextInt(groups.size());
            TargetGroup group = groups.get(changed);
            List<Target> targets = new ArrayList<>(group.targets());
            if (!targets.isEmpty()) {
                targets.remove(dice.nextInt(targets.size()));
            }
            groups.set(changed, group.withTargets(targets));
        } else if (!flows.isEmpty()) {
            flows.remove(dice.nextInt(flows.size()));
        }
        return new ForwardingProgram(SEED, groups, flows);
    }

    @Test
    void a_program_that_stays_touches_nothing() {
        ForwardingProgram program = Programs.example(8, Set.of(1, 2, 3));
        Kernel kernel = new Kernel();
        Blueprint blueprint = new Blueprint(program.seed(), Testbed.INTERFACES.families(), Left.NOTHING);
        blueprint.next(program, ClassifierTest.DEVICES, FastPath.ON, Map.of(), 1);
        kernel.take(blueprint);
        Marks.Change change = blueprint.next(program, ClassifierTest.DEVICES, FastPath.ON, Map.of(), 2);
        assertThat(change.go()).isEmpty();
        assertThat(change.come()).isEmpty();
        assertThat(blueprint.tables())
                .extracting(WantedTable::takeTouched)
                .allSatisfy(touched -> assertThat(touched).isEqualTo(new Scope()));
    }
}
