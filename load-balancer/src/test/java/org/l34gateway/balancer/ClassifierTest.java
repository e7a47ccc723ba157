// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.l34gateway.balancer.RandomPrograms.Met;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Backend;
import org.l34gateway.program.Evaluator;
import org.l34gateway.program.Evaluator.Outcome;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Packet;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/** The rules send every packet where the evaluator says, on both ways; that the kernel runs them alike is tested in a kernel. */
class ClassifierTest {
    private static final int PROGRAMS = 300;
    private static final int PACKETS = 200;

    /** As {@link RuleMachine} knows them. */
    static final Devices DEVICES = new Devices(
            new TreeMap<>(Map.of("ext", new Devices.Device(RuleMachine.EXTERNAL, 1_500, true, true))),
            new Devices.Device(RuleMachine.INTERNAL, 1_400, true, true));

    /** How a packet ended, for the count of kinds. */
    private enum Kind {
        NO_VIP,
        NO_FLOW,
        NO_TARGET,
        REACHES
    }

    @Test
    void rules_and_evaluator_agree_about_every_packet() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        RandomPrograms random = new RandomPrograms(dice);
        Set<Kind> seen = EnumSet.noneOf(Kind.class);
        Set<Met> met = EnumSet.noneOf(Met.class);
        for (int i = 0; i < PROGRAMS; i++) {
            ForwardingProgram program = random.program(i % 10 == 0 ? 40 : 6);
            Written written = Written.of(program);
            for (int j = 0; j < PACKETS; j++) {
                Packet packet = random.packet();
                Outcome outcome = RandomPrograms.outcome(program, packet);
                String where = packet + " in " + program + ", repeat with -Dseed=" + seed;
                int expected = written.mark(outcome, packet);
                assertThat(RuleMachine.mark(written.table(), "arriving", packet))
                        .as("whole: " + where)
                        .isEqualTo(expected);
                assertThat(RuleMachine.mark(written.table(), "fast_ext", packet))
                        .as("fast: " + where)
                        .isEqualTo(packet.hasPorts() ? expected : 0);
                seen.add(kind(outcome));
                if (outcome instanceof Evaluator.Reaches reaches) {
                    met.addAll(RandomPrograms.met(program, packet, reaches));
                }
            }
        }
        assertThat(seen).as("kinds of outcomes").containsExactlyInAnyOrder(Kind.values());
        assertThat(met).as("kinds of ways").containsExactlyInAnyOrder(Met.values());
    }

    private static Kind kind(Outcome outcome) {
        return switch (outcome) {
            case Evaluator.NoVip _ -> Kind.NO_VIP;
            case Evaluator.NoFlow _ -> Kind.NO_FLOW;
            case Evaluator.NoTarget _ -> Kind.NO_TARGET;
            case Evaluator.Reaches _ -> Kind.REACHES;
        };
    }

    /** A program as rules, and the marks of its targets. */
    private record Written(WantedTable table, Map<IpAddress, Integer> marks, ForwardingProgram program) {
        static Written of(ForwardingProgram program) {
            Blueprint blueprint = blueprint(program, Map.of());
            return new Written(blueprint.tables().getLast(), blueprint.marks().byAddress(), program);
        }

        int mark(Outcome outcome, Packet packet) {
            if (!(outcome instanceof Evaluator.Reaches reaches)) {
                return 0;
            }
            for (TargetGroup group : program.groups()) {
                for (Target target : group.targets()) {
                    if (group.key().equals(reaches.group()) && target.identifier() == reaches.identifier()) {
                        return target.addresses().stream()
                                .filter(address ->
                                        address.family() == packet.source().family())
                                .mapToInt(address -> marks.getOrDefault(address, -1))
                                .findFirst()
                                .orElse(-1);
                    }
                }
            }
            return -1;
        }
    }

    /** What is wanted for a program in a kernel that has these slots. */
    static Blueprint blueprint(ForwardingProgram program, Map<String, int[]> present) {
        Blueprint blueprint =
                new Blueprint(program.seed(), Testbed.INTERFACES.families(), new Left(present, Map.of(), Map.of()));
        blueprint.next(program, DEVICES, FastPath.ON, Map.of(), 1);
        return blueprint;
    }

    /** A VIP with a thousand routes costs a packet no more looks than one with ten. */
    @Test
    void the_way_of_a_packet_does_not_grow_with_the_routes() {
        assertThat(longestChain(1_000)).isEqualTo(longestChain(10));
    }

    private static int longestChain(int routes) {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            flows.add(new Flow(
                    "ns/r" + i,
                    1,
                    List.of(IpPrefix.parse("20.0.0.1")),
                    List.of(),
                    List.of(),
                    List.of(PortRange.of(1_000 + i)),
                    Set.of(Protocol.TCP),
                    List.of(new Backend("uid-a", 1))));
        }
        ForwardingProgram program =
                new ForwardingProgram(Programs.SEED, List.of(Programs.group("uid-a", 8, Set.of(1), "20.0.0.1")), flows);
        WantedTable table = blueprint(program, Map.of()).tables().getLast();
        return table.chains().stream()
                .map(table::rules)
                .filter(Objects::nonNull)
                .mapToInt(List::size)
                .max()
                .orElse(0);
    }
}
