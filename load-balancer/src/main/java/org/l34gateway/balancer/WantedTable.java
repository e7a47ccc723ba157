// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the nftables table {@code inet l34} should hold.
 *
 * @param hooks base chain → what it does
 * @param chains name, which says the content → rules
 * @param elements set or map → its elements
 * @param slotMaps slot map → mark of each slot
 */
record WantedTable(
        SortedMap<String, Hook> hooks,
        SortedMap<String, List<String>> chains,
        SortedMap<String, Elements> elements,
        SortedMap<String, char[]> slotMaps) {
    /** The table's name; its family is inet. */
    static final String NAME = "l34";

    /** The table's family and name, as commands want them. Nothing outside this table is ever read or changed. */
    static final String TABLE = "inet " + NAME;

    WantedTable {
        hooks = Collections.unmodifiableSortedMap(new TreeMap<>(hooks));
        chains = Collections.unmodifiableSortedMap(new TreeMap<>(chains));
        elements = Collections.unmodifiableSortedMap(new TreeMap<>(elements));
        slotMaps = Collections.unmodifiableSortedMap(new TreeMap<>(slotMaps));
    }

    /**
     * A base chain. Its only rule jumps to a chain that is named after its content, so the chain at the hook is never
     * deleted and its content is changed by one rule.
     *
     * @param place type, hook and priority in nft's words
     * @param policy {@code accept} or {@code drop}
     * @param body chain to jump to
     */
    record Hook(String place, String policy, String body) {}

    /**
     * A set or a small map.
     *
     * @param kind {@code set} or {@code map}
     * @param declaration between the braces
     * @param entries key → value, both as {@link KernelTable} reads them; values are empty in a set
     */
    record Elements(String kind, String declaration, SortedMap<String, String> entries) {
        Elements {
            entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        }

        static Elements of(String kind, String declaration, Map<String, String> entries) {
            return new Elements(kind, declaration, new TreeMap<>(entries));
        }
    }
}
