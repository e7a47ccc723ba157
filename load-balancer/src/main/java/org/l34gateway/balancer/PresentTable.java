// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the nftables table {@code inet l34} holds now.
 *
 * @param exists whether there is a table
 * @param chains name → shape
 * @param elements set or map, other than slot maps → entries, key → value
 * @param slotMaps slot map → mark of each slot, 0 where it has none
 */
record PresentTable(
        boolean exists, Map<String, Chain> chains, Map<String, Elements> elements, Map<String, char[]> slotMaps) {
    static final PresentTable NONE = new PresentTable(false, Map.of(), Map.of(), Map.of());

    /**
     * The shape of a chain.
     *
     * @param policy {@code accept} or {@code drop}, empty for a chain that is no base chain
     * @param rules how many
     * @param goes chains that its rules jump or go to, in order
     * @param looks sets and maps that its rules look into, in order
     */
    record Chain(String policy, int rules, List<String> goes, List<String> looks) {
        Chain {
            goes = List.copyOf(goes);
            looks = List.copyOf(looks);
        }

        /** The chain with one more rule. */
        Chain with(List<String> moreGoes, List<String> moreLooks) {
            return new Chain(
                    policy,
                    rules + 1,
                    Stream.concat(goes.stream(), moreGoes.stream()).toList(),
                    Stream.concat(looks.stream(), moreLooks.stream()).toList());
        }
    }

    /** The entries of a set or map; {@code kind} is {@code set} or {@code map}. */
    record Elements(String kind, Map<String, String> entries) {}

    /** Key → value of a set or map other than a slot map; empty when it is not there. */
    Map<String, String> entries(String name) {
        Elements held = elements.get(name);
        return held == null ? Map.of() : held.entries();
    }
}
