// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpPrefix;

/**
 * What the kernel of this pod forwards, as read from it.
 *
 * @param targets which targets have slots of which VIPs
 * @param answerVips whose answers go outside
 * @param programmed whether all that was wanted last is there
 * @param problems what could not be put there, one sentence each
 */
public record Forwarded(Set<Slot> targets, SortedSet<IpPrefix> answerVips, boolean programmed, List<String> problems) {
    /** Nothing, and nothing was asked for. */
    public static final Forwarded NOTHING = new Forwarded(Set.of(), new TreeSet<>(), false, List.of());

    /**
     * A target that gets packets for a VIP.
     *
     * @param target {@link org.l34gateway.routing.GatewayProgram#targetKey}
     */
    public record Slot(String target, IpPrefix vip) {}

    public Forwarded {
        targets = Set.copyOf(targets);
        answerVips = Collections.unmodifiableSortedSet(new TreeSet<>(answerVips));
        problems = List.copyOf(problems);
    }

    /** VIPs with at least one target. Sorted. */
    public SortedSet<IpPrefix> servedVips() {
        SortedSet<IpPrefix> served = new TreeSet<>();
        targets.forEach(slot -> served.add(slot.vip()));
        return served;
    }
}
