// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pools of a group and family with as many slots. When targets change one of them goes and another one comes that goes on
 * with its slots; pools of other groups have nothing to do with that.
 *
 * @param owners who shall have the slots of each pool, as {@link SlotState} counts targets
 * @param handovers the slots as they shall be
 */
record Cohort(Map<SlotPool, char[]> owners, PoolNames names, Handovers handovers) {
    /** No pool has ever been there. */
    static final Cohort NONE = new Cohort(Map.of(), PoolNames.NONE, Handovers.NONE);

    Cohort {
        owners = Collections.unmodifiableMap(new LinkedHashMap<>(owners));
    }

    /**
     * What an earlier process has left.
     *
     * @param states suffix of a pool → {@link SlotState} of each slot
     */
    static Cohort left(Map<String, int[]> states) {
        return new Cohort(Map.of(), PoolNames.NONE, new Handovers(new TreeMap<>(states), new TreeMap<>()));
    }

    /** The same when it was found out which pool has which slots. */
    Cohort named(PoolNames found) {
        return new Cohort(owners, found, handovers);
    }

    /**
     * The next pools.
     *
     * @param pools in the order in which they came
     * @param others cells of other pools with as many slots
     * @param inherited suffix → slots of pools that the group has had with another number of slots, of any number
     * @param used suffix → slots of connections that are remembered, of pools whose memory was looked at
     * @param now in nanoseconds of a monotonic clock
     */
    Cohort next(
            Collection<SlotPool> pools,
            long seed,
            BitSet others,
            Map<String, int[]> inherited,
            Map<String, BitSet> used,
            long now) {
        Map<SlotPool, char[]> wanted = new LinkedHashMap<>();
        for (SlotPool pool : pools) {
            char[] known = owners.get(pool);
            wanted.put(pool, known == null ? pool.owners(seed) : known);
        }
        Map<String, int[]> present = handovers.states();
        PoolNames next = PoolNames.decide(wanted, present, names, others);
        if (!present.isEmpty()) {
            return new Cohort(wanted, next, Handovers.next(seed, next, wanted, present, handovers, used, now));
        }
        Map<String, int[]> scaled = new HashMap<>();
        pools.stream()
                .findFirst()
                .map(SlotPool::slots)
                .ifPresent(slots ->
                        inherited.forEach((suffix, states) -> scaled.put(suffix, SlotState.scaled(states, slots))));
        return new Cohort(wanted, next, Handovers.next(seed, next, wanted, scaled, handovers, Map.of(), now));
    }
}
