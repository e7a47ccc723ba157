// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * What a sandbox must hold for one Gateway now.
 *
 * @param gatewayName for the attachment's record; empty when only the record itself knows it
 * @param vips on {@code lo}, with a rule each; includes what nobody wants any more but may not go yet
 * @param nextHops of the table's default routes
 */
public record Target(String gatewayName, SortedSet<IpPrefix> vips, SortedSet<IpAddress> nextHops) {
    public Target {
        vips = Collections.unmodifiableSortedSet(new TreeSet<>(vips));
        nextHops = Collections.unmodifiableSortedSet(new TreeSet<>(nextHops));
    }

    /**
     * The same without next hops that do not answer, family by family. When all of a family are dead, all stay: without
     * them nothing gets through either, and with them answers flow again by the kernel's own questions as soon as one is
     * back, also when node-agent is not there to see it. Besides, what makes all of them look dead may be on this side.
     * The same holds for one that answers from a new sandbox which no report has spoken for: it is about to forward.
     *
     * @param reachable whether an address is on a link of the sandbox; other next hops can not be held
     */
    Target without(Set<IpAddress> dead, Predicate<IpAddress> reachable) {
        SortedSet<IpAddress> live = new TreeSet<>(nextHops);
        for (IpFamily family : IpFamily.values()) {
            boolean someLive = nextHops.stream()
                    .anyMatch(hop -> hop.family() == family && reachable.test(hop) && !dead.contains(hop));
            if (someLive) {
                live.removeIf(hop -> hop.family() == family && dead.contains(hop));
            }
        }
        return new Target(gatewayName, vips, live);
    }

    /** The same without some VIPs. */
    Target withoutVips(Predicate<IpPrefix> those) {
        SortedSet<IpPrefix> rest = new TreeSet<>(vips);
        rest.removeIf(those);
        return new Target(gatewayName, rest, nextHops);
    }

    /** Whether nothing of the Gateway stays in the sandbox. */
    public boolean isEmpty() {
        return vips.isEmpty() && nextHops.isEmpty();
    }

    /**
     * Whether the sandbox holds exactly this.
     *
     * @param reachable whether an address is on a link of the sandbox; other next hops can not be held
     */
    public boolean isHeldBy(Held held, Predicate<IpAddress> reachable) {
        SortedSet<IpAddress> holdable = new TreeSet<>(nextHops);
        holdable.removeIf(reachable.negate());
        boolean closed = isEmpty()
                ? held.closed().isEmpty()
                : vips.stream().allMatch(vip -> held.closed().contains(vip.family()));
        return closed
                && held.foreign().isEmpty()
                && held.vips().equals(vips)
                && held.rules().equals(vips)
                && held.nextHops().equals(holdable);
    }
}
