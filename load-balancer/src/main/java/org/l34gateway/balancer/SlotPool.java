// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.program.SlotDeal;
import org.l34gateway.program.SlotTable;
import org.l34gateway.program.SlotTableSize;
import org.l34gateway.program.TargetGroup;

/**
 * The targets of a group that may get packets of some VIP, and so the content of a slot map. VIPs of one family whose
 * targets are the same share a pool; a VIP that not all targets hold yet has its own.
 *
 * @param group {@code TargetGroup.key()}
 * @param capacity declared capacity of the group, which decides the size of the map
 * @param marks identifier → mark of the target's address
 */
record SlotPool(String group, IpFamily family, int capacity, SortedMap<Integer, Integer> marks) {
    SlotPool {
        marks = Collections.unmodifiableSortedMap(new TreeMap<>(marks));
    }

    static SlotPool of(TargetGroup group, IpFamily family, Map<Integer, Integer> marks) {
        return new SlotPool(group.key(), family, group.capacity(), new TreeMap<>(marks));
    }

    int slots() {
        return SlotTableSize.forCapacity(capacity).slots();
    }

    boolean isEmpty() {
        return marks.isEmpty();
    }

    /** The mark of each slot, 2 bytes a slot; the pool must not be empty. */
    char[] contents(long seed) {
        BitSet active = new BitSet();
        marks.keySet().forEach(active::set);
        SlotTable table = SlotDeal.of(seed, group, capacity).among(active);
        char[] markOf = new char[SlotTableSize.forCapacity(capacity).universe()];
        marks.forEach((identifier, mark) -> markOf[identifier] = (char) (int) mark);
        char[] contents = new char[table.slots()];
        for (int slot = 0; slot < contents.length; slot++) {
            contents[slot] = markOf[table.owner(slot)];
        }
        return contents;
    }
}
