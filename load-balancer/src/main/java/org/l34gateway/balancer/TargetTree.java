// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
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
 * looked up in a tree of four levels, one per hexadecimal digit: at most 64 rules are compared, whatever the number of targets.
 *
 * <pre>
 *     10  answer            lookup 4096        BIRD's default routes
 *     11  answer            blackhole          also when BIRD is gone: an answer never takes another way
 *    100  no target mark    lookup main
 *    101  no target mark    goto 32766         not found in main: on as if there were no tree
 *   1000  mark 0x0.../f000  goto 2000          one rule per digit that is in use
 *   1001  every mark        blackhole          a target mark never reaches main
 *   2000  mark 0x00../ff00  goto 3000  ...     then 2001 blackhole for 0x0.../f000
 *  10000  mark 0x0001/ffff  lookup 0x10001     the table of the target; then 10001 blackhole for 0x000./fff0
 * </pre>
 *
 * A node has two priorities: its rules share the first, its blackhole has the second. So the place of a rule depends on
 * its own mark only, and a target that comes or goes leaves the others' rules alone.
 */
final class TargetTree {
    /** The kernel table into which BIRD puts the default routes that it learned. */
    static final int ANSWER_TABLE = 4_096;
    /** The table of a target is this plus its mark. */
    static final int FIRST_TABLE = 0x10000;

    private static final int ANSWERS = 10;
    private static final int UNMARKED = 100;
    private static final int ROOT = 1_000;
    /** First priority of each level's nodes below the root; the last level's last node ends at 18,191. */
    private static final int[] LEVELS = {ROOT, 2_000, 3_000, 10_000};

    private static final int END = 18_191;
    private static final int MAIN_RULE = 32_766;
    private static final int DIGIT_BITS = 4;

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
        rules.add(Rule.marked(family, ROOT + 1, FirewallMark.ANY, new RuleAction.Blackhole()));
        for (int mark : marks) {
            for (int level = 0; level < LEVELS.length; level++) {
                int shift = DIGIT_BITS * (LEVELS.length - 1 - level);
                int mask = Marks.TARGET_MASK >> shift << shift;
                FirewallMark digits = new FirewallMark(mark & mask, mask);
                int nextNode = LEVELS[Math.min(level + 1, LEVELS.length - 1)] + 2 * (mark >> shift);
                int node = LEVELS[level] + 2 * (mark >> (shift + DIGIT_BITS));
                if (level < LEVELS.length - 1) {
                    rules.add(Rule.marked(family, node, digits, new RuleAction.Goto(nextNode)));
                    rules.add(Rule.marked(family, nextNode + 1, digits, new RuleAction.Blackhole()));
                } else {
                    rules.add(Rule.marked(family, node, digits, new RuleAction.Lookup(FIRST_TABLE + mark)));
                }
            }
        }
        return rules;
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
                        || (priority >= ROOT && priority <= END));
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
