// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.HookedChain;
import org.l34gateway.linux.nftables.SetShape;

/**
 * What a part of a program brings into a table: a VIP, a pool, a target, or what is always there. Parts may bring the same
 * chains, sets and counters; a set has the elements of all of them.
 *
 * @param hooks name of a chain that packets enter by themselves → what it does
 * @param chains name, which says the content → rules
 * @param elements of sets and maps
 * @param rows of maps of numbers
 * @param counters names of the counters that rules name
 */
record Part(
        Map<String, Hook> hooks,
        Map<String, List<List<Expression>>> chains,
        List<Elements> elements,
        List<Rows> rows,
        Set<String> counters) {
    Part {
        hooks = Collections.unmodifiableMap(new TreeMap<>(hooks));
        chains = Collections.unmodifiableMap(new TreeMap<>(chains));
        elements = List.copyOf(elements);
        rows = List.copyOf(rows);
        counters = Set.copyOf(counters);
    }

    /** Only elements. */
    static Part of(Elements... elements) {
        return new Part(Map.of(), Map.of(), List.of(elements), List.of(), Set.of());
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
     * Elements of a set or a map, or none of one that is there for others.
     *
     * @param entries only what this process puts in
     */
    record Elements(SetShape shape, List<Element> entries) {
        Elements {
            entries = List.copyOf(entries);
        }

        static Elements of(SetShape shape, Element... entries) {
            return new Elements(shape, List.of(entries));
        }

        static Elements of(SetShape shape, Collection<Element> entries) {
            return new Elements(shape, List.copyOf(entries));
        }
    }

    /** Rows of a map from numbers to rows of numbers. */
    static final class Rows {
        private final SetShape shape;
        private final int rowLength;
        private final int size;
        private final int first;
        private final int[] values;

        /**
         * Some of a map.
         *
         * @param rowLength numbers in a row
         * @param size numbers of the whole map
         * @param first index of the first number among all of the map
         * @param values not to be changed any more. A row of zeros is no element
         */
        Rows(SetShape shape, int rowLength, int size, int first, int[] values) {
            this.shape = shape;
            this.rowLength = rowLength;
            this.size = size;
            this.first = first;
            this.values = values;
        }

        SetShape shape() {
            return shape;
        }

        int rowLength() {
            return rowLength;
        }

        boolean isEmpty() {
            return values.length == 0;
        }

        /** Puts these into an array of the whole map. */
        void writeTo(int[] whole) {
            System.arraycopy(values, 0, whole, first, values.length);
        }

        /** Takes these out of it. */
        void clearIn(int[] whole) {
            Arrays.fill(whole, first, first + values.length, 0);
        }

        int size() {
            return size;
        }
    }
}
