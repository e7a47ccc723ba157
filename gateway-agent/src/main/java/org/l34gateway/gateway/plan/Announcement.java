// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * Which VIPs to announce around a change of the kernel's program. A VIP is withdrawn before the last of its slots is
 * taken away, and announced after the first of its slots is there.
 *
 * @param before while the program changes: what is served before and after. Sorted
 * @param after the program has changed. Sorted, holds all of {@code before}
 */
public record Announcement(SortedSet<IpPrefix> before, SortedSet<IpPrefix> after) {
    public Announcement {
        before = Collections.unmodifiableSortedSet(new TreeSet<>(before));
        after = Collections.unmodifiableSortedSet(new TreeSet<>(after));
    }

    /** Of a pod that leaves: nothing. */
    public static Announcement none() {
        return new Announcement(new TreeSet<>(), new TreeSet<>());
    }

    /**
     * Decides.
     *
     * @param wanted the program that is to be in the kernel
     * @param present VIPs with at least one target in the kernel now
     * @param internalAddresses of this pod towards targets: without one of a family no target of it can be reached
     * @param isolated families in which other gateway pods reach the targets and this one does not
     */
    public static Announcement of(
            Wanted wanted, Set<IpPrefix> present, Set<IpAddress> internalAddresses, Set<IpFamily> isolated) {
        SortedSet<IpPrefix> after = wanted.servedVips();
        after.removeIf(vip -> internalAddresses.stream().noneMatch(address -> address.family() == vip.family()));
        after.removeIf(vip -> isolated.contains(vip.family()));
        SortedSet<IpPrefix> before = new TreeSet<>(after);
        before.retainAll(present);
        return new Announcement(before, after);
    }
}
