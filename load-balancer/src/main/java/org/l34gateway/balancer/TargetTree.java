// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.FirewallMark;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.Rule;
import org.l34gateway.netlink.RuleAction;

/**
 * The routing rules of a gateway pod. A list of one rule per target would be walked by every packet, so target marks are
 * looked up in a tree of eight levels, two bits each. A mark below 1,024 enters it at the fourth: 20 rules of the tree are
 * compared at most, whatever the number of targets.
 *
 * <pre>
 *     10  answer            lookup 4096        BIRD's default routes
 *     11  answer            blackhole          also when BIRD is gone: an answer never takes another way
 *    100  no target mark    lookup main
 *    101  no target mark    goto 32766         not found in main: on as if there were no tree
 *    999  mark 0x0000/fc00  goto 1021          the node of marks below 1,024
 *   1000  mark 0x0.../c000  goto 1001 ...      one rule for each two bits that are in use
 *   1001  mark 0x0.../f000  goto 1005 ...      the next level begins: 1 node, 4, 16, ...
 *   6461  mark 0x0001/ffff  lookup 0x10001     the table of the target
 *  30000  every mark        blackhole          a target mark never reaches main
 * </pre>
 *
 * The rules of a node share its priority. So the place of a rule depends on its own mark only, and a target that comes or goes
 * leaves the others' rules alone. A mark that has no table, or none with a route, falls through the rest of the tree. A rule that goes to a node that is
 * not there is passed over.
 */
final class TargetTree {
    /** The kernel table into which BIRD puts the default routes that it learned. */
    static final int ANSWER_TABLE = 4_096;
    /** The table of a target is this plus its mark. */
    static final int FIRST_TABLE = 0x10000;

    private static final int ANSWERS = 10;
    private static final int UNMARKED = 100;
    private static final int SHORTCUT = 999;
    private static final int ROOT = 1_000;
    private static final int LEVELS = 8;
    private static final int LEVEL_BITS = 2;
    /** Above the last node's 22,844. */
    private static final int END = 30_000;

    private static final int MAIN_RULE = 32_766;
    /** The level at which small marks begin, and what is 0 in them. */
    private static final int SMALL_LEVEL = 3;

    private static final int NOT_SMALL = 0xFC00;

    private TargetTree() {}

    /** Every rule that should be there, by priority. */
    static SortedSet<Rule> rules(IpFamily family, Collection<Integer> marks) {
        SortedSet<Rule> rules = new TreeSet<>(ORDER);
        FirewallMark answer = new FirewallMark(Marks.ANSWER, Marks.ANSWER);
        FirewallMark noTarget = new FirewallMark(0, Marks.TARGET_MASK);
        rules.add(Rule.marked(family, ANSWERS, answer, new RuleAction.Lookup(ANSWER_TABLE)));
        rules.add(Rule.marked(family, ANSWERS + 1, answer, new RuleAction.Blackhole()));
        rules.add(Rule.marked(family, UNMARKED, noTarget, new RuleAction.Lookup(Route.TABLE_MAIN)));
        rules.add(Rule.marked(family, UNMARKED + 1, noTarget, new RuleAction.Goto(MAIN_RULE)));
        rules.add(Rule.marked(family, END, FirewallMark.ANY, new RuleAction.Blackhole()));
        FirewallMark small = new FirewallMark(0, NOT_SMALL);
        rules.add(Rule.marked(family, SHORTCUT, small, new RuleAction.Goto(node(0, SMALL_LEVEL))));
        // A rule that is to be deleted is found by its mark, but 0 finds any (fib_nl_delrule): so these stay.
        for (int level = 0; level < LEVELS - 1; level++) {
            FirewallMark zero = new FirewallMark(0, mask(level));
            rules.add(Rule.marked(family, node(0, level), zero, new RuleAction.Goto(node(0, level + 1))));
        }
        marks.forEach(mark -> rules.addAll(path(family, mark)));
        return rules;
    }

    /** The rules from the root to the table of a mark. */
    static List<Rule> path(IpFamily family, int mark) {
        List<Rule> path = new ArrayList<>();
        for (int level = 0; level < LEVELS; level++) {
            int mask = mask(level);
            RuleAction action = level == LEVELS - 1
                    ? new RuleAction.Lookup(FIRST_TABLE + mark)
                    : new RuleAction.Goto(node(mark, level + 1));
            path.add(Rule.marked(family, node(mark, level), new FirewallMark(mark & mask, mask), action));
        }
        return path;
    }

    /** Whether one of these marks has a rule of a {@link #path}, too. */
    static boolean isNeeded(Rule rule, NavigableSet<Integer> marks) {
        int first = rule.mark().value();
        int last = first | (Marks.TARGET_MASK & ~rule.mark().mask());
        return first == 0 || !marks.subSet(first, true, last, true).isEmpty();
    }

    /** The bits of a mark that are known at a level. */
    private static int mask(int level) {
        int shift = LEVEL_BITS * (LEVELS - 1 - level);
        return Marks.TARGET_MASK >> shift << shift;
    }

    /** The priority of the node in which a mark is at a level: the nodes of a level follow those of the one before. */
    private static int node(int mark, int level) {
        int before = ((1 << (LEVEL_BITS * level)) - 1) / ((1 << LEVEL_BITS) - 1);
        return ROOT + before + (mark >> (LEVEL_BITS * (LEVELS - level)));
    }

    /** Whether a rule is one that this class could have made. */
    static boolean isOurs(Rule rule) {
        int priority = rule.priority();
        return rule.protocol() == RouteProtocol.L34
                && rule.source() == null
                && !rule.moreSelectors()
                && (priority == ANSWERS
                        || priority == ANSWERS + 1
                        || priority == UNMARKED
                        || priority == UNMARKED + 1
                        || (priority >= SHORTCUT && priority <= END));
    }

    /** By priority; leaves first when reversed, so that nothing ever goes to a node that is not complete. */
    static final Comparator<Rule> ORDER = Comparator.comparing(Rule::family)
            .thenComparingInt(Rule::priority)
            .thenComparingInt(rule -> rule.mark().value())
            .thenComparing(rule -> rule.action().toString());

    static List<Rule> leavesFirst(Collection<Rule> rules) {
        List<Rule> ordered = new ArrayList<>(rules);
        ordered.sort(ORDER.reversed());
        return ordered;
    }
}
