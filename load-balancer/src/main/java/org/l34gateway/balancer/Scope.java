// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.linux.nftables.Element;

/**
 * Where a table may differ from what is wanted: names, by what they name.
 *
 * @param chains that have no hook
 * @param elements set or map → elements that may have come or gone; the set itself may have, too
 * @param numbers maps of numbers
 */
record Scope(
        SortedSet<String> hooks,
        SortedSet<String> chains,
        SortedMap<String, Set<Element>> elements,
        SortedSet<String> numbers,
        SortedSet<String> counters) {
    /** Nothing yet. */
    Scope() {
        this(new TreeSet<>(), new TreeSet<>(), new TreeMap<>(), new TreeSet<>(), new TreeSet<>());
    }

    /** Everything that is there or should be. */
    static Scope all(WantedTable wanted, PresentTable present) {
        Scope all = new Scope();
        all.hooks.addAll(wanted.hooks());
        all.chains.addAll(wanted.chains());
        all.chains.addAll(present.chains().keySet());
        all.chains.removeAll(wanted.hooks());
        wanted.sets().forEach(set -> all.set(set).addAll(wanted.entries(set)));
        present.elements().forEach((set, entries) -> all.set(set).addAll(entries));
        all.numbers.addAll(wanted.maps());
        all.numbers.addAll(present.numbers().keySet());
        all.counters.addAll(wanted.counters());
        all.counters.addAll(present.counters());
        return all;
    }

    /** The elements of a set. */
    Set<Element> set(String name) {
        return elements.computeIfAbsent(name, _ -> new HashSet<>());
    }
}
