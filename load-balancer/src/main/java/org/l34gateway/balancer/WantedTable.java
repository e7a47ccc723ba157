// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.HookedChain;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.TableName;

/**
 * What one of our nftables tables should hold.
 *
 * @param hooks name of a chain that packets enter by themselves → what it does
 * @param chains name, which says the content → rules
 * @param elements set or map → its elements
 * @param slotMaps slot map → {@link SlotState} of each slot
 * @param counters names of the counters that rules name
 */
record WantedTable(
        TableName name,
        SortedMap<String, Hook> hooks,
        SortedMap<String, List<List<Expression>>> chains,
        SortedMap<String, Elements> elements,
        SortedMap<String, int[]> slotMaps,
        SortedSet<String> counters) {
    WantedTable {
        hooks = Collections.unmodifiableSortedMap(new TreeMap<>(hooks));
        chains = Collections.unmodifiableSortedMap(new TreeMap<>(chains));
        elements = Collections.unmodifiableSortedMap(new TreeMap<>(elements));
        slotMaps = Collections.unmodifiableSortedMap(new TreeMap<>(slotMaps));
        counters = Collections.unmodifiableSortedSet(new TreeSet<>(counters));
    }

    /** A chain at a hook: never deleted while it is wanted, its rules are exchanged. */
    record Hook(HookedChain chain, List<List<Expression>> rules) {
        Hook {
            rules = List.copyOf(rules);
        }

        /** Stands for the rules; each of them carries it in the kernel. */
        String note() {
            return ChainBook.hash(ChainBook.text(rules));
        }
    }

    /**
     * A set or a map.
     *
     * @param entries only what this process puts in
     */
    record Elements(SetShape shape, SortedSet<Element> entries) {
        Elements {
            entries = Collections.unmodifiableSortedSet(new TreeSet<>(entries));
        }

        static Elements of(SetShape shape, Collection<Element> elements) {
            return new Elements(shape, new TreeSet<>(elements));
        }

        /** A set that packets fill. */
        static Elements filledByPackets(SetShape shape) {
            return new Elements(shape, new TreeSet<>());
        }

        boolean isFilledByPackets() {
            return shape.flags().contains(SetShape.Flag.DYNAMIC);
        }
    }

    /** Names of everything that has elements. */
    Set<String> sets() {
        Set<String> sets = new TreeSet<>(elements.keySet());
        sets.addAll(slotMaps.keySet());
        return sets;
    }
}
