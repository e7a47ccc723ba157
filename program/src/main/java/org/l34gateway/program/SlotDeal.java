// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * The fixed preference orders behind the slots of one target group: every slot prefers all identifiers in an order of its
 * own, and the first active one owns it. So a table depends on the active identifiers alone, not on how they came about:
 * replicas agree, and a target that comes or goes moves only its own slots.
 *
 * <p>First choices are dealt evenly (slot modulo universe), second choices evenly within each first choice, the rest by
 * the highest seeded hash, which is worked out on demand.
 */
public final class SlotDeal {
    private final SlotTableSize size;
    private final long seed;
    /**
     * 1..universe-1, shuffled: how far the second choice lies behind the first, in each round of the universe. All slots
     * of a round share the distance, so that everyone is second equally often, also in tables with fewer rounds than identifiers.
     */
    private final char[] distances;

    private SlotDeal(SlotTableSize size, long seed) {
        this.size = size;
        this.seed = seed;
        this.distances = shuffledDistances(size.universe(), seed);
    }

    /**
     * The deal of a group.
     *
     * @param seed {@link ForwardingProgram#seed()}
     * @param groupKey {@link TargetGroup#key()}
     * @param capacity {@link TargetGroup#capacity()}
     */
    public static SlotDeal of(long seed, String groupKey, int capacity) {
        return new SlotDeal(SlotTableSize.forCapacity(capacity), seed(seed, groupKey));
    }

    /** The seed of a group in a program. */
    static long seed(long programSeed, String groupKey) {
        long hash = mix(programSeed);
        for (byte letter : groupKey.getBytes(StandardCharsets.UTF_8)) {
            hash = mix(hash ^ letter);
        }
        return hash;
    }

    public SlotTableSize size() {
        return size;
    }

    /**
     * The table when exactly these identifiers are active; takes some 10 ms for 65,537 slots.
     *
     * @throws IllegalArgumentException when an identifier is outside the universe
     */
    public SlotTable among(BitSet active) {
        if (active.length() > size.universe()) {
            throw new IllegalArgumentException(
                    "identifier " + (active.length() - 1) + " is outside 0.." + (size.universe() - 1));
        }
        int[] candidates = active.stream().toArray();
        char[] owners = new char[size.slots()];
        for (int slot = 0; slot < owners.length; slot++) {
            owners[slot] = (char) owner(slot, active, candidates);
        }
        return new SlotTable(owners);
    }

    /**
     * Who has a slot when exactly these identifiers are active.
     *
     * @param active not empty, inside the universe
     */
    public int owner(int slot, BitSet active) {
        return owner(slot, active, active.stream().toArray());
    }

    private int owner(int slot, BitSet active, int[] candidates) {
        int first = slot % size.universe();
        if (active.get(first)) {
            return first;
        }
        int round = slot / size.universe();
        int second = (first + distances[round % distances.length]) % size.universe();
        return active.get(second) ? second : highestHash(slot, candidates);
    }

    private int highestHash(int slot, int[] candidates) {
        long slotSeed = mix(seed + slot);
        int best = SlotTable.NONE;
        long bestHash = 0;
        for (int candidate : candidates) {
            // The identifier in the low bits makes equal hashes impossible.
            long hash = (mix(slotSeed ^ candidate) & -TargetGroup.MAX_CAPACITY) | candidate;
            if (best == SlotTable.NONE || Long.compareUnsigned(hash, bestHash) > 0) {
                best = candidate;
                bestHash = hash;
            }
        }
        return best;
    }

    private static char[] shuffledDistances(int universe, long seed) {
        char[] distances = new char[universe - 1];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = (char) (i + 1);
        }
        long state = mix(~seed);
        for (int i = distances.length - 1; i > 0; i--) {
            state = mix(state);
            int j = (int) Long.remainderUnsigned(state, i + 1);
            char swapped = distances[i];
            distances[i] = distances[j];
            distances[j] = swapped;
        }
        return distances;
    }

    /** A bijection that spreads every input bit (SplitMix64; Steele, Lea, Flood 2014). Part of the contract between replicas: never change it. */
    static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
