// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Nftables;

/**
 * What one of our nftables tables holds now.
 *
 * @param exists whether there is a table
 * @param elements set or map, other than those of numbers → its elements; those that packets put in are left out
 * @param numbers map of numbers → its rows, zeros where it has none
 * @param states suffix of a pool → {@link SlotState} of each slot, 0 where nobody is known to have it
 */
record PresentTable(
        boolean exists,
        Map<String, Nftables.Chain> chains,
        Map<String, SortedSet<Element>> elements,
        Map<String, int[]> numbers,
        Map<String, int[]> states,
        Set<String> counters) {
    static final PresentTable NONE = new PresentTable(false, Map.of(), Map.of(), Map.of(), Map.of(), Set.of());

    PresentTable {
        chains = Collections.unmodifiableMap(chains);
        elements = Collections.unmodifiableMap(elements);
        numbers = Collections.unmodifiableMap(numbers);
        states = Collections.unmodifiableMap(states);
        counters = Set.copyOf(counters);
    }

    /**
     * What the kernel holds when it has taken everything.
     *
     * @param before what it held before
     */
    static PresentTable of(WantedTable wanted, PresentTable before) {
        Map<String, Nftables.Chain> chains = new HashMap<>();
        // The name says what is in it.
        wanted.chains().forEach((name, rules) -> {
            Nftables.Chain held = before.chains().get(name);
            chains.put(name, held != null && held.notes().size() == rules.size() ? held : chain(false, "", rules));
        });
        wanted.hooks().forEach((name, hook) -> chains.put(name, chain(true, hook.note(), hook.rules())));
        Map<String, SortedSet<Element>> elements = new HashMap<>();
        wanted.elements().forEach((name, each) -> elements.put(name, each.entries()));
        Map<String, int[]> numbers = new HashMap<>();
        wanted.numbers().forEach((name, each) -> numbers.put(name, each.values()));
        return new PresentTable(true, chains, elements, numbers, wanted.states(), wanted.counters());
    }

    private static Nftables.Chain chain(boolean hooked, String note, List<List<Expression>> rules) {
        Set<String> leads = new TreeSet<>();
        rules.forEach(rule -> rule.forEach(expression -> {
            switch (expression) {
                case Expression.Goto(var chain) -> leads.add(chain);
                case Expression.Jump(var chain) -> leads.add(chain);
                case Expression.InSet(var set, var _) -> leads.add(set);
                case Expression.NotInSet(var set, var _) -> leads.add(set);
                case Expression.Lookup(var _, var map, var _) -> leads.add(map);
                case Expression.LookupVerdict(var map, var _) -> leads.add(map);
                case Expression.ChangeMap change -> leads.add(change.map());
                default -> {}
            }
        }));
        return new Nftables.Chain(hooked, Collections.nCopies(rules.size(), note), leads);
    }

    /** The elements of a set or map other than one of numbers; empty when it is not there. */
    SortedSet<Element> entries(String name) {
        return elements.getOrDefault(name, new TreeSet<>());
    }
}
