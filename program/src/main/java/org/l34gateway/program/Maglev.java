// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The lookup table of Maglev (Eisenbud et al., NSDI 2016, section 3.4), for comparison. Every target has a permutation of all
 * slots; in turns each takes the first one of its permutation that is free. Shares differ by one slot at most.
 */
final class Maglev {
    private Maglev() {}

    /** In the order of the identifiers, so that replicas agree. Without targets every slot has {@link SlotTable#NONE}. */
    static SlotTable among(long seed, String groupKey, int capacity, BitSet active) {
        SlotTableSize size = SlotTableSize.forCapacity(capacity);
        if (active.length() > size.universe()) {
            throw new IllegalArgumentException(
                    "identifier " + (active.length() - 1) + " is outside 0.." + (size.universe() - 1));
        }
        long groupSeed = SlotDeal.seed(seed, groupKey);
        char[] owners = new char[size.slots()];
        Arrays.fill(owners, (char) SlotTable.NONE);
        int[] identifiers = active.stream().toArray();
        // Slots are a prime number, so every step visits all of them.
        int[] next = new int[identifiers.length];
        int[] step = new int[identifiers.length];
        for (int i = 0; i < identifiers.length; i++) {
            long hash = SlotDeal.mix(groupSeed ^ identifiers[i]);
            next[i] = (int) Long.remainderUnsigned(hash, owners.length);
            step[i] = 1 + (int) Long.remainderUnsigned(SlotDeal.mix(hash), owners.length - 1);
        }
        for (int taken = 0; identifiers.length > 0 && taken < owners.length; taken++) {
            int turn = taken % identifiers.length;
            while (owners[next[turn]] != SlotTable.NONE) {
                next[turn] = (next[turn] + step[turn]) % owners.length;
            }
            owners[next[turn]] = (char) identifiers[turn];
        }
        return new SlotTable(owners);
    }
}
