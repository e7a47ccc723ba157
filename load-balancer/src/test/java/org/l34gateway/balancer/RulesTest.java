// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.Rule;
import org.l34gateway.netlink.RuleAction;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

class RulesTest {
    /** Walks the rules as the kernel does (net/core/fib_rules.c, fib_rules_lookup). */
    private static String walk(Iterable<Rule> rules, int mark) {
        List<Rule> list = new ArrayList<>();
        rules.forEach(list::add);
        int from = 0;
        int compared = 0;
        for (int at = 0; at < list.size(); at++) {
            Rule rule = list.get(at);
            if (rule.priority() < from) {
                continue;
            }
            compared++;
            if ((mark & rule.mark().mask()) == rule.mark().value()) {
                switch (rule.action()) {
                    case RuleAction.Goto next -> from = next.priority();
                    case RuleAction.Lookup lookup
                    when lookup.table() > 254 -> {
                        assertThat(compared)
                                .as("rules compared for mark %d", mark)
                                .isLessThanOrEqualTo(mark < 1_024 ? 5 + 5 * 4 : 5 + 8 * 4);
                        return "table " + lookup.table();
                    }
                    case RuleAction.Blackhole _ -> {
                        return "blackhole";
                    }
                    default -> {}
                }
            }
        }
        return "end at " + from;
    }

    @Test
    void every_mark_finds_its_table_and_an_unknown_one_the_blackhole() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        Set<Integer> marks = new TreeSet<>(Set.of(1, 15, 16, 255, 256, 4_095, 4_096, 65_535));
        while (marks.size() < 1_200) {
            marks.add(1 + dice.nextInt(Marks.TARGET_MASK));
        }
        var rules = TargetTree.rules(IpFamily.IPV4, marks);
        for (int mark = 1; mark <= Marks.TARGET_MASK; mark += mark < 5_000 ? 1 : 7) {
            assertThat(walk(rules, mark))
                    .as("mark %d, seed %d", mark, seed)
                    .isEqualTo(marks.contains(mark) ? "table " + (0x10000 + mark) : "blackhole");
        }
        assertThat(rules).allMatch(TargetTree::isOurs);
    }

    /** The kernel would delete any rule with the same priority and mask for one whose mark is 0. */
    @Test
    void a_rule_whose_mark_is_0_is_never_deleted() {
        var none = TargetTree.rules(IpFamily.IPV4, Set.of());
        var some = TargetTree.rules(IpFamily.IPV4, Set.of(1, 5, 1_500, 40_000));
        some.removeAll(none);
        assertThat(some).isNotEmpty().noneMatch(rule -> rule.mark().value() == 0);
    }

    @Test
    void answers_take_birds_table_and_unmarked_packets_never_walk_the_tree() {
        var rules = TargetTree.rules(IpFamily.IPV6, Set.of(1, 2));
        assertThat(walk(rules, Marks.ANSWER)).isEqualTo("table 4096");
        rules.removeIf(rule -> rule.table() == TargetTree.ANSWER_TABLE);
        assertThat(walk(rules, Marks.ANSWER)).isEqualTo("blackhole");
        assertThat(walk(rules, 0)).isEqualTo("end at 32766");
    }

    @Test
    void a_target_that_comes_leaves_the_rules_of_the_others_alone() {
        var before = TargetTree.rules(IpFamily.IPV4, Set.of(1, 2, 17));
        assertThat(TargetTree.rules(IpFamily.IPV4, Set.of(1, 2, 17, 300))).containsAll(before);
    }

    @Test
    void an_address_keeps_its_mark_and_a_used_mark_is_not_given_away() {
        IpAddress a = IpAddress.parse("10.0.0.1");
        IpAddress b = IpAddress.parse("10.0.0.2");
        IpAddress c = IpAddress.parse("fd00::1");
        Marks marks = new Marks(Map.of());
        assertThat(marks.change(List.of(), List.of(c, b, a)).come())
                .containsOnly(Map.entry(a, 1), Map.entry(b, 2), Map.entry(c, 3));
        // a leaves, packets may still carry its mark: c keeps 3, the new one does not get 1.
        IpAddress d = IpAddress.parse("10.0.0.0");
        assertThat(marks.change(List.of(a, b), List.of(d)).come()).containsOnly(Map.entry(d, 4));
        assertThat(marks.byAddress()).containsOnly(Map.entry(d, 4), Map.entry(c, 3));
        assertThat(marks.change(List.of(), List.of(a)).come()).containsOnly(Map.entry(a, 1));

        Marks restarted = new Marks(Map.of(1, a, 2, b, 3, c));
        assertThat(restarted.change(List.of(), List.of(c, d)).come()).containsOnly(Map.entry(d, 4), Map.entry(c, 3));
        assertThat(restarted.change(List.of(d), List.of()).go()).containsOnly(Map.entry(d, 4));
    }

    /** What comes when all marks are taken waits until another address goes. */
    @Test
    void an_address_without_a_mark_gets_one_when_another_goes() {
        List<IpAddress> all = IntStream.rangeClosed(1, Marks.TARGET_MASK)
                .mapToObj(number -> IpAddress.parse("10.1." + (number >> 8) + "." + (number & 0xFF)))
                .toList();
        Marks marks = new Marks(Map.of());
        marks.change(List.of(), all);
        assertThat(marks.unmarked()).containsExactly(all.getLast());
        assertThat(marks.change(List.of(all.getFirst()), List.of()).come()).isEmpty();
        // Its mark is free only now.
        assertThat(marks.change(List.of(), List.of()).come()).containsOnly(Map.entry(all.getLast(), 1));
        assertThat(marks.unmarked()).isEmpty();
    }

    @Test
    void when_marks_run_out_addresses_that_have_one_keep_it_and_one_problem_tells_of_the_others() {
        Map<Integer, IpAddress> present = new HashMap<>();
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < Marks.LAST + 2; i++) {
            IpAddress address = IpAddress.parse("10.%d.%d.%d".formatted(i >> 16, i >> 8 & 0xFF, i & 0xFF));
            targets.add(new Target(i % 1_024, "ns/" + i, List.of(address), Programs.prefixes("20.0.0.1")));
            if (i >= 10) {
                present.put(1 + i % Marks.LAST, address);
            }
        }
        List<TargetGroup> groups = new ArrayList<>();
        for (int i = 0; i < targets.size(); i += 1_024) {
            List<Target> some = targets.subList(i, Math.min(targets.size(), i + 1_024));
            groups.add(new TargetGroup("g" + i, "ns/g" + i, 1_024, some));
        }
        ForwardingProgram program = new ForwardingProgram(1, groups, List.of());
        Set<IpFamily> families = Set.of(IpFamily.IPV4);
        Blueprint blueprint = new Blueprint(program.seed(), families, new Left(Map.of(), Map.of(), present));
        var _ = blueprint.next(program, new Devices(new TreeMap<>(), null), FastPath.OFF, Map.of(), 1);
        Map<IpAddress, Integer> marks = blueprint.marks().byAddress();
        assertThat(marks).hasSize(Marks.LAST);
        present.forEach((mark, address) -> assertThat(marks.get(address)).isEqualTo(mark));
        assertThat(blueprint.problems())
                .containsExactly("2 target addresses get no packets, the first is 10.0.0.8: a gateway pod tells 65534"
                        + " apart; use fewer targets, or another Gateway");
    }
}
