// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * What the kernel of a sandbox holds for one Gateway, as read from it.
 *
 * @param gatewayName as the attachment's record has it; empty when it has none
 * @param vips on {@code lo}
 * @param rules sources of the rules that look into the table
 * @param nextHops of the table's default routes
 * @param closed families whose table ends in an {@code unreachable} default route
 * @param table id of the table; 0 while there is none
 * @param foreign what others did to it besides taking something away, one phrase each
 */
public record Held(
        String gatewayName,
        SortedSet<IpPrefix> vips,
        SortedSet<IpPrefix> rules,
        SortedSet<IpAddress> nextHops,
        SortedSet<IpFamily> closed,
        int table,
        List<String> foreign) {
    /** A sandbox in which the Gateway has nothing. */
    public static final Held NOTHING =
            new Held("", new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), 0);

    /** Untouched by others. */
    public Held(
            String gatewayName,
            SortedSet<IpPrefix> vips,
            SortedSet<IpPrefix> rules,
            SortedSet<IpAddress> nextHops,
            SortedSet<IpFamily> closed,
            int table) {
        this(gatewayName, vips, rules, nextHops, closed, table, List.of());
    }

    public Held {
        vips = Collections.unmodifiableSortedSet(new TreeSet<>(vips));
        rules = Collections.unmodifiableSortedSet(new TreeSet<>(rules));
        nextHops = Collections.unmodifiableSortedSet(new TreeSet<>(nextHops));
        closed = Collections.unmodifiableSortedSet(new TreeSet<>(closed));
        foreign = List.copyOf(foreign);
    }

    /** VIPs that are on {@code lo} or have a rule: what a removal has to consider. */
    public SortedSet<IpPrefix> touched() {
        SortedSet<IpPrefix> touched = new TreeSet<>(vips);
        touched.addAll(rules);
        return touched;
    }

    /** The same, as if these were next hops too. */
    Held withNextHops(SortedSet<IpAddress> more) {
        SortedSet<IpAddress> all = new TreeSet<>(nextHops);
        all.addAll(more);
        return new Held(gatewayName, vips, rules, all, closed, table, foreign);
    }

    /** The same, but for some next hops. */
    public Held withoutNextHops(Predicate<IpAddress> those) {
        SortedSet<IpAddress> rest = new TreeSet<>(nextHops);
        rest.removeIf(those);
        return new Held(gatewayName, vips, rules, rest, closed, table, foreign);
    }

    /** Whether the kernel holds nothing for the Gateway; there may still be a record. */
    public boolean isEmpty() {
        return vips.isEmpty() && rules.isEmpty() && nextHops.isEmpty() && closed.isEmpty();
    }

    /** VIPs that packets can come to and be answered from: on {@code lo}, with a rule. */
    public SortedSet<IpPrefix> served() {
        SortedSet<IpPrefix> served = new TreeSet<>(vips);
        served.retainAll(rules);
        return served;
    }

    /** Whether all of these VIPs are served and none of their answers can leave by the primary network. */
    public boolean serves(SortedSet<IpPrefix> wanted) {
        return served().containsAll(wanted) && wanted.stream().allMatch(vip -> closed.contains(vip.family()));
    }
}
