// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.BitSet;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.program.SlotDeal;
import org.l34gateway.program.SlotTable;
import org.l34gateway.program.SlotTableSize;

/**
 * The targets of a group that may get packets of some VIP, and so who has the slots. VIPs of one family whose targets are the
 * same share a pool; a VIP that not all targets hold yet has its own.
 *
 * @param group {@code TargetGroup.key()}
 * @param capacity declared capacity of the group, which decides how many slots there are
 * @param marks identifier → mark of the target's address
 */
record SlotPool(String group, IpFamily family, int capacity, SortedMap<Integer, Integer> marks) {
    SlotPool {
        marks = Collections.unmodifiableSortedMap(new TreeMap<>(marks));
    }

    /** Cheap: it is asked for very often, and groups have few pools. */
    @Override
    public int hashCode() {
        return group.hashCode() + 31 * marks.size() + family.bits();
    }

    int slots() {
        return SlotTableSize.forCapacity(capacity).slots();
    }

    boolean isEmpty() {
        return marks.isEmpty();
    }

    /** The target of each slot, as {@link SlotState} counts them; the pool must not be empty. */
    char[] owners(long seed) {
        BitSet active = new BitSet();
        marks.keySet().forEach(active::set);
        SlotTable table = SlotDeal.of(seed, group, capacity).among(active);
        char[] owners = new char[table.slots()];
        for (int slot = 0; slot < owners.length; slot++) {
            owners[slot] = (char) SlotState.target(table.owner(slot));
        }
        return owners;
    }
}
