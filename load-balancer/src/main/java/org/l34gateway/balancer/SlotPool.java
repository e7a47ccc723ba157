// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.program.Dealing;
import org.l34gateway.program.SlotTable;
import org.l34gateway.program.SlotTableSize;
import org.l34gateway.program.TargetGroup;

/**
 * The targets of a group that may get packets of some VIP, and so who has the slots. VIPs of one family whose targets are the
 * same share a pool; a VIP that not all targets hold yet has its own.
 *
 * @param group {@code TargetGroup.key()}
 * @param capacity declared capacity of the group, which decides how many slots there are
 * @param dealing how they are dealt
 * @param marks identifier → mark of the target's address
 * @param draining identifiers of targets that go on with their connections and get no new ones, unless all drain. Sorted
 */
record SlotPool(
        String group,
        IpFamily family,
        int capacity,
        Dealing dealing,
        SortedMap<Integer, Integer> marks,
        SortedSet<Integer> draining) {
    SlotPool {
        marks = Collections.unmodifiableSortedMap(new TreeMap<>(marks));
        draining = Collections.unmodifiableSortedSet(new TreeSet<>(draining));
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

    /** Whether it has this target, as {@link SlotState} counts them. */
    boolean has(int target) {
        return target != 0 && marks.containsKey(SlotState.identifier(target));
    }

    /** Whether this target, as {@link SlotState} counts them, drains. */
    boolean drains(int target) {
        return target != 0 && draining.contains(SlotState.identifier(target));
    }

    /** Whether a target that drains would have slots if it did not. */
    boolean hasDrained() {
        return !draining.isEmpty() && draining.size() < marks.size();
    }

    /** Target, as {@link SlotState} counts them → mark of its address. */
    Map<Integer, Integer> marksByTarget() {
        Map<Integer, Integer> byTarget = new HashMap<>();
        marks.forEach((identifier, mark) -> byTarget.put(SlotState.target(identifier), mark));
        return byTarget;
    }

    /** The target of each slot, as {@link SlotState} counts them; the pool must not be empty. */
    char[] owners(long seed) {
        return among(seed, TargetGroup.takingNewFlows(bits(marks.keySet()), bits(draining)));
    }

    /** Who would have each slot if nobody drained. */
    char[] undrained(long seed) {
        return among(seed, bits(marks.keySet()));
    }

    private static BitSet bits(Set<Integer> identifiers) {
        BitSet bits = new BitSet();
        identifiers.forEach(bits::set);
        return bits;
    }

    private char[] among(long seed, BitSet active) {
        SlotTable table = dealing.among(seed, group, capacity, active);
        char[] owners = new char[table.slots()];
        for (int slot = 0; slot < owners.length; slot++) {
            owners[slot] = (char) SlotState.target(table.owner(slot));
        }
        return owners;
    }
}
