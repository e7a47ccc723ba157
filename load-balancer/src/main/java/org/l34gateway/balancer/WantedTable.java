// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.HookedChain;
import org.l34gateway.linux.nftables.NumberMap;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.TableName;

/**
 * What one of our nftables tables should hold. Maps and arrays that it is made of must not change any more: they are large.
 *
 * @param hooks name of a chain that packets enter by themselves → what it does
 * @param chains name, which says the content → rules
 * @param elements set or map → its elements
 * @param numbers map of numbers, of which there may be very many → its rows
 * @param states suffix of a pool → {@link SlotState} of each slot, as the maps of numbers have it
 * @param counters names of the counters that rules name
 */
record WantedTable(
        TableName name,
        SortedMap<String, Hook> hooks,
        SortedMap<String, List<List<Expression>>> chains,
        SortedMap<String, Elements> elements,
        SortedMap<String, Numbers> numbers,
        Map<String, int[]> states,
        SortedSet<String> counters) {
    WantedTable {
        hooks = Collections.unmodifiableSortedMap(hooks);
        chains = Collections.unmodifiableSortedMap(chains);
        elements = Collections.unmodifiableSortedMap(elements);
        numbers = Collections.unmodifiableSortedMap(numbers);
        states = Collections.unmodifiableMap(states);
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

        /** The same with other elements. */
        Elements changed(Collection<Element> go, Collection<Element> come) {
            SortedSet<Element> changed = new TreeSet<>(entries);
            changed.removeAll(go);
            changed.addAll(come);
            return new Elements(shape, changed);
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

    /** A map from numbers to rows of numbers. */
    static final class Numbers {
        private final SetShape shape;
        private final int rowLength;
        private final int[] values;

        /** @param values all rows, one behind the other; a row of zeros, or beyond the end, is no element */
        Numbers(SetShape shape, int rowLength, int[] values) {
            this.shape = shape;
            this.rowLength = rowLength;
            this.values = values;
        }

        SetShape shape() {
            return shape;
        }

        int rowLength() {
            return rowLength;
        }

        /** The rows themselves. */
        int[] values() {
            return values;
        }

        /** What must change, when the map is like this now. */
        NumberMap changeFrom(int[] held) {
            return new NumberMap(shape.name(), 0, rowLength, held, values);
        }
    }
}
