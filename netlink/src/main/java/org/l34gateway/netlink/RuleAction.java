// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

/** What a policy routing rule does with the packets that it selects: {@code FR_ACT_…} (linux/fib_rules.h). */
public sealed interface RuleAction {
    /** Looks the route up in a table; goes on with the next rule when the table has none. */
    record Lookup(int table) implements RuleAction {}

    /** Goes on with the rule of this priority, which must be larger than the rule's own. */
    record Goto(int priority) implements RuleAction {}

    /** Drops without a word. */
    record Blackhole() implements RuleAction {}

    /** Refuses with ENETUNREACH. */
    record Unreachable() implements RuleAction {}

    /** Refuses with EACCES. */
    record Prohibit() implements RuleAction {}

    /** Does nothing: a place to go to. */
    record Nop() implements RuleAction {}

    /** An action that this project neither makes nor changes. */
    record Other(int number) implements RuleAction {}
}
