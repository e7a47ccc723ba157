// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Slots that left a target which is still there: when targets are added, or come back, they take slots in which others
 * have connections. For a while such a slot has two targets: connections that begin go to the new one, all others to the
 * one before, and which is which is remembered (see {@link VipChains}).
 *
 * @param former slot map → mark of the target that each slot had before, 0 where there is none to remember
 * @param until slot map → when its handover ends, in nanoseconds of a monotonic clock
 */
record Handovers(SortedMap<String, char[]> former, SortedMap<String, Long> until) {
    /**
     * Whoever is silent for longer after its slot has moved is taken for gone. Not much longer, because a connection that
     * comes from another gateway pod meanwhile is taken for an old one.
     */
    static final Duration WINDOW = Duration.ofSeconds(30);

    static final Handovers NONE = new Handovers(new TreeMap<>(), new TreeMap<>());

    private static final char[] NO_SLOTS = {};

    Handovers {
        former = Collections.unmodifiableSortedMap(new TreeMap<>(former));
        until = Collections.unmodifiableSortedMap(new TreeMap<>(until));
    }

    /**
     * Decides.
     *
     * @param wanted slot maps as they will be
     * @param present slot maps as they are
     * @param begun handovers as they are; those of an earlier process begin anew
     * @param now in nanoseconds of the same clock
     */
    static Handovers next(SlotMaps wanted, Map<String, char[]> present, Handovers begun, long now) {
        SortedMap<String, char[]> former = new TreeMap<>();
        SortedMap<String, Long> until = new TreeMap<>();
        wanted.names().forEach((pool, name) -> {
            @Nullable String before = wanted.predecessor(pool, present);
            char[] contents = wanted.contents().getOrDefault(name, NO_SLOTS);
            char[] old = before == null ? contents : present.getOrDefault(before, contents);
            long end = before == null ? now : begun.endOf(before, present, now);
            char[] earlier = end > now ? begun.formerOf(String.valueOf(before), present) : NO_SLOTS;
            char[] keepers = keepers(contents, old, earlier, pool.marks().values());
            if (anyMoved(keepers, old, contents)) {
                end = now + WINDOW.toNanos();
            }
            if (end > now && !Arrays.equals(keepers, new char[keepers.length])) {
                former.put(name, keepers);
                until.put(name, end);
            }
        });
        return new Handovers(former, until);
    }

    /** When the handover of a map ends; {@code now} when there is none. */
    private long endOf(String map, Map<String, char[]> present, long now) {
        Long known = until.get(map);
        if (known != null) {
            return known;
        }
        return present.containsKey(SlotMaps.formerOf(map)) ? now + WINDOW.toNanos() : now;
    }

    private char[] formerOf(String map, Map<String, char[]> present) {
        char[] known = former.get(map);
        return known == null ? present.getOrDefault(SlotMaps.formerOf(map), NO_SLOTS) : known;
    }

    /** Who has connections in each slot beside the target that has the slot now. */
    private static char[] keepers(char[] contents, char[] old, char[] earlier, Collection<Integer> marks) {
        BitSet present = new BitSet();
        marks.forEach(present::set);
        char[] keepers = new char[contents.length];
        for (int slot = 0; slot < contents.length; slot++) {
            // Of a slot that moves twice, the target in between has only connections that are remembered.
            char first = at(earlier, slot);
            char keeper = present.get(first) ? first : at(old, slot);
            keepers[slot] = keeper != contents[slot] && present.get(keeper) ? keeper : 0;
        }
        return keepers;
    }

    private static boolean anyMoved(char[] keepers, char[] old, char[] contents) {
        for (int slot = 0; slot < contents.length; slot++) {
            if (keepers[slot] != 0 && at(old, slot) != contents[slot]) {
                return true;
            }
        }
        return false;
    }

    private static char at(char[] marks, int slot) {
        return slot < marks.length ? marks[slot] : 0;
    }

    boolean isEmpty() {
        return former.isEmpty();
    }

    /** Whether one of them is over, so that the table must be written again. */
    boolean anyOver(long now) {
        return until.values().stream().anyMatch(end -> end <= now);
    }
}
