// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * A policy routing rule (rtnetlink(7), {@code RTM_NEWRULE}).
 *
 * @param family the protocol whose packets it sees
 * @param priority place in the list, smallest first; 0 is the kernel's own first rule
 * @param source selects by source address, null for all
 * @param mark selects by firewall mark
 * @param action what happens to selected packets
 * @param protocol who made it, a {@link RouteProtocol}
 * @param moreSelectors whether the kernel's rule also selects by something that this record does not show (interface,
 *     destination, ports, inversion…); such a rule is never one of ours
 */
public record Rule(
        IpFamily family,
        int priority,
        @Nullable IpPrefix source,
        FirewallMark mark,
        RuleAction action,
        int protocol,
        boolean moreSelectors)
        implements KernelObject {
    private static final int FRA_SRC = 2;
    private static final int FRA_GOTO = 4;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_SUPPRESS_IFGROUP = 13;
    private static final int FRA_SUPPRESS_PREFIXLEN = 14;
    private static final int FRA_TABLE = 15;
    private static final int FRA_FWMASK = 16;
    private static final int FRA_PROTOCOL = 21;
    private static final int FRA_PAD = 18;
    private static final int FIB_RULE_INVERT = 2;

    /** {@code from SOURCE lookup TABLE}, made by us. */
    public static Rule from(IpPrefix source, int priority, int table) {
        return new Rule(
                source.family(),
                priority,
                source,
                FirewallMark.ANY,
                new RuleAction.Lookup(table),
                RouteProtocol.L34,
                false);
    }

    /** {@code fwmark MARK ACTION}, made by us. */
    public static Rule marked(IpFamily family, int priority, FirewallMark mark, RuleAction action) {
        return new Rule(family, priority, null, mark, action, RouteProtocol.L34, false);
    }

    /** The table that it looks into, 0 when it does something else. */
    public int table() {
        return action instanceof RuleAction.Lookup lookup ? lookup.table() : 0;
    }

    void write(MessageWriter out) {
        int table = table();
        out.u8(family.addressFamily())
                .u8(0)
                .u8(source == null ? 0 : source.length())
                .u8(0);
        out.u8(table < 256 ? table : 0).u8(0).u8(0).u8(number(action)).u32(0);
        out.attributeU32(FRA_PRIORITY, priority);
        if (source != null) {
            out.attribute(FRA_SRC, source.address().toBytes());
        }
        if (mark.mask() != 0) {
            out.attributeU32(FRA_FWMARK, mark.value()).attributeU32(FRA_FWMASK, mark.mask());
        }
        if (table != 0) {
            out.attributeU32(FRA_TABLE, table);
        }
        if (action instanceof RuleAction.Goto target) {
            out.attributeU32(FRA_GOTO, target.priority());
        }
        if (protocol != 0) {
            out.attribute(FRA_PROTOCOL, new byte[] {(byte) protocol});
        }
    }

    private static int number(RuleAction action) {
        return switch (action) {
            case RuleAction.Lookup _ -> 1;
            case RuleAction.Goto _ -> 2;
            case RuleAction.Nop _ -> 3;
            case RuleAction.Blackhole _ -> 6;
            case RuleAction.Unreachable _ -> 7;
            case RuleAction.Prohibit _ -> 8;
            case RuleAction.Other other -> other.number();
        };
    }

    static @Nullable Rule read(MessageReader message) {
        IpFamily family = MessageReader.family(message.u8(0));
        if (family == null) {
            return null;
        }
        int table = message.u8(4);
        int priority = 0;
        int target = 0;
        int protocol = 0;
        int markValue = 0;
        int markMask = 0;
        @Nullable IpAddress source = null;
        boolean more = message.u8(1) != 0 || message.u8(3) != 0 || (message.u32(8) & FIB_RULE_INVERT) != 0;
        for (Attribute a : message.attributesAfter(12)) {
            switch (a.type()) {
                case FRA_SRC -> source = a.ip();
                case FRA_GOTO -> target = a.u32();
                case FRA_PRIORITY -> priority = a.u32();
                case FRA_FWMARK -> markValue = a.u32();
                case FRA_FWMASK -> markMask = a.u32();
                case FRA_TABLE -> table = a.u32();
                case FRA_PROTOCOL -> protocol = a.u8();
                case FRA_SUPPRESS_IFGROUP, FRA_SUPPRESS_PREFIXLEN -> more |= a.u32() != -1; // -1: suppresses nothing
                case FRA_PAD -> {}
                default -> more = true;
            }
        }
        @Nullable IpPrefix prefix = source == null ? null : new IpPrefix(source, message.u8(2));
        RuleAction action = action(message.u8(7), table, target);
        return new Rule(family, priority, prefix, new FirewallMark(markValue, markMask), action, protocol, more);
    }

    private static RuleAction action(int number, int table, int target) {
        return switch (number) {
            case 1 -> new RuleAction.Lookup(table);
            case 2 -> new RuleAction.Goto(target);
            case 3 -> new RuleAction.Nop();
            case 6 -> new RuleAction.Blackhole();
            case 7 -> new RuleAction.Unreachable();
            case 8 -> new RuleAction.Prohibit();
            default -> new RuleAction.Other(number);
        };
    }
}
