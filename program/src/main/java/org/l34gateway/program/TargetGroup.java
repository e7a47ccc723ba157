// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * The targets of one Service. Ordered by key within its program.
 *
 * @param key the Service's UID: with an identifier it is a target's identity, so a Service that is made anew deals its slots anew
 * @param name {@code namespace/name} of the Service, for humans only
 * @param capacity the declared service-max-endpoints, 1..1,024; it decides the size of the slot table, the present number of targets never does
 * @param dealing how slots are dealt among them
 * @param targets sorted by identifier, each identifier once
 */
public record TargetGroup(String key, String name, int capacity, Dealing dealing, List<Target> targets) {
    /** The largest capacity that has a slot table. */
    public static final int MAX_CAPACITY = 1_024;

    /** @throws IllegalArgumentException when the capacity is outside 1..1,024, or an identifier is twice or not below the capacity */
    public TargetGroup {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity of " + name + " must be 1.." + MAX_CAPACITY + ", got " + capacity);
        }
        targets = targets.stream()
                .sorted(Comparator.comparingInt(Target::identifier))
                .toList();
        int previous = -1;
        for (Target target : targets) {
            if (target.identifier() == previous || target.identifier() >= capacity) {
                throw new IllegalArgumentException("identifier " + target.identifier() + " of " + target.name()
                        + " is used twice in " + name + " or is not below its capacity " + capacity);
            }
            previous = target.identifier();
        }
    }

    /** A group whose slots are dealt as usual. */
    public TargetGroup(String key, String name, int capacity, List<Target> targets) {
        this(key, name, capacity, Dealing.RENDEZVOUS, targets);
    }

    /** The same Service with other targets. */
    public TargetGroup withTargets(List<Target> others) {
        return new TargetGroup(key, name, capacity, dealing, others);
    }

    /** The same, dealt in this way. */
    public TargetGroup dealt(Dealing how) {
        return new TargetGroup(key, name, capacity, how, targets);
    }

    /**
     * Who of some targets takes new flows: those that do not drain, or all when all drain, as kube-proxy does it (KEP-1669).
     *
     * @param identifiers of targets that can get packets
     * @param draining identifiers of targets that drain
     */
    public static BitSet takingNewFlows(BitSet identifiers, BitSet draining) {
        BitSet taking = (BitSet) identifiers.clone();
        taking.andNot(draining);
        return taking.isEmpty() ? identifiers : taking;
    }
}
