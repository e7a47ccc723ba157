// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.time.Duration;
import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Slots that left a target which is still there: when targets are added, or come back, they take slots in which others
 * have connections; when a target drains, others take its slots. For a while such a slot has two targets: connections that
 * begin go to the new one, all others to the one before, and which is which is remembered (see {@link SlotChains}). After
 * an addition that while is {@link #WINDOW}; a target that drains is there until it is done.
 *
 * @param states suffix of a pool ({@link PoolNames}) → {@link SlotState} of each slot
 * @param until suffix → when its handover ends, in nanoseconds of a monotonic clock; only those that have one that time ends
 */
record Handovers(SortedMap<String, int[]> states, SortedMap<String, Long> until) {
    /**
     * Whoever is silent for longer after its slot has moved is taken for gone. Not much longer, because a connection that
     * comes from another gateway pod meanwhile is taken for an old one.
     */
    static final Duration WINDOW = Duration.ofSeconds(30);

    static final Handovers NONE = new Handovers(new TreeMap<>(), new TreeMap<>());

    private static final int[] NO_SLOTS = {};

    Handovers {
        states = Collections.unmodifiableSortedMap(new TreeMap<>(states));
        until = Collections.unmodifiableSortedMap(new TreeMap<>(until));
    }

    /**
     * Decides.
     *
     * @param seed of the program
     * @param owners who shall have the slots of each pool
     * @param present the slots as they are
     * @param begun handovers as they are; those of an earlier process begin anew
     * @param used suffix → slots of connections that are remembered, of pools whose memory was looked at
     * @param now in nanoseconds of the same clock
     */
    static Handovers next(
            long seed,
            PoolNames names,
            Map<SlotPool, char[]> owners,
            Map<String, int[]> present,
            Handovers begun,
            Map<String, BitSet> used,
            long now) {
        SortedMap<String, int[]> states = new TreeMap<>();
        SortedMap<String, Long> until = new TreeMap<>();
        owners.forEach((pool, wanted) -> {
            String name = names.of(pool);
            @Nullable String before = names.predecessor(pool, wanted, present);
            int[] old = before == null ? fresh(pool, seed) : present.getOrDefault(before, NO_SLOTS);
            if (isSettled(old, wanted)) {
                states.put(name, old);
                return;
            }
            long end = before == null ? now : begun.endOf(before, old, now);
            @Nullable BitSet usedSlots = used.get(String.valueOf(before));
            int[] next = new int[wanted.length];
            boolean moved = false;
            boolean anyForAWhile = false;
            for (int slot = 0; slot < next.length; slot++) {
                int state = slot < old.length ? old[slot] : 0;
                // Of a slot that moves twice, the target in between has only connections that are remembered.
                int first = SlotState.former(state);
                boolean stays = pool.drains(first) || (pool.has(first) && end > now);
                int keeper = stays ? first : SlotState.owner(state);
                int former = keeper != wanted[slot] && pool.has(keeper) ? keeper : 0;
                boolean forAWhile = former != 0 && !pool.drains(former);
                anyForAWhile |= forAWhile;
                moved |= forAWhile && SlotState.owner(state) != wanted[slot];
                // Only a slot with a former target takes connections into the memory.
                boolean remembers = SlotState.former(state) != 0
                        || (SlotState.remembers(state) && (usedSlots == null || usedSlots.get(slot)));
                next[slot] = SlotState.of(wanted[slot], former, former != 0 || remembers);
            }
            states.put(name, next);
            if (anyForAWhile) {
                until.put(name, moved ? now + WINDOW.toNanos() : end);
            }
        });
        return new Handovers(states, until);
    }

    /**
     * Slots of which this gateway pod knows nothing: it is new. Those that draining targets had may have connections that
     * came through other gateway pods.
     */
    private static int[] fresh(SlotPool pool, long seed) {
        if (!pool.hasDrained()) {
            return NO_SLOTS;
        }
        char[] owners = pool.undrained(seed);
        return IntStream.range(0, owners.length).map(slot -> owners[slot]).toArray();
    }

    /** Whether every slot has nobody but whom it should have. */
    private static boolean isSettled(int[] states, char[] wanted) {
        if (states.length != wanted.length) {
            return false;
        }
        for (int slot = 0; slot < wanted.length; slot++) {
            if (states[slot] != wanted[slot]) {
                return false;
            }
        }
        return true;
    }

    /** When the handover of a pool ends; {@code now} when there is none. */
    private long endOf(String suffix, int[] states, long now) {
        Long known = until.get(suffix);
        if (known != null) {
            return known;
        }
        for (int state : states) {
            if (SlotState.former(state) != 0) {
                return now + WINDOW.toNanos();
            }
        }
        return now;
    }

    /** Pools that have slots whose connections are only remembered any more, and no handover that ends by itself. */
    Set<String> onlyRemembering() {
        Set<String> names = new TreeSet<>();
        states.forEach((name, slots) -> {
            if (!until.containsKey(name) && anyOnlyRemembers(slots)) {
                names.add(name);
            }
        });
        return names;
    }

    private static boolean anyOnlyRemembers(int[] slots) {
        for (int state : slots) {
            if (SlotState.onlyRemembers(state)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of them is over, so that the table must be written again. */
    boolean anyOver(long now) {
        return until.values().stream().anyMatch(end -> end <= now);
    }
}
