// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.Part.Hook;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Nftables;

/** What one of our nftables tables holds now. */
final class PresentTable {
    private boolean exists;
    private final Map<String, Nftables.Chain> chains;
    private final Map<String, Set<Element>> elements;
    private final Map<String, int[]> numbers;
    private final Set<String> counters;

    /**
     * A table as it was read.
     *
     * @param elements set or map, other than those of numbers → its elements; those that packets put in are left out
     * @param numbers map of numbers → its rows, zeros where it has none; nobody may change these
     */
    PresentTable(
            Map<String, Nftables.Chain> chains,
            Map<String, ? extends Collection<Element>> elements,
            Map<String, int[]> numbers,
            Collection<String> counters) {
        this.chains = new HashMap<>(chains);
        this.elements = new HashMap<>();
        elements.forEach((name, entries) -> this.elements.put(name, new HashSet<>(entries)));
        this.numbers = new HashMap<>(numbers);
        this.counters = new HashSet<>(counters);
        this.exists = !chains.isEmpty() || !elements.isEmpty() || !numbers.isEmpty() || !counters.isEmpty();
    }

    /** There is no table. */
    static PresentTable none() {
        return new PresentTable(Map.of(), Map.of(), Map.of(), Set.of());
    }

    /** The kernel has taken everything in this scope. */
    void become(WantedTable wanted, Scope scope) {
        exists = true;
        scope.chains().forEach(name -> put(chains, name, chain(wanted.rules(name))));
        scope.hooks().forEach(name -> put(chains, name, chain(wanted.hook(name))));
        scope.elements().forEach((set, entries) -> {
            if (wanted.shape(set) == null) {
                elements.remove(set);
            } else {
                become(elements.computeIfAbsent(set, _ -> new HashSet<>()), entries, wanted, set);
            }
        });
        scope.numbers().forEach(name -> {
            WantedTable.@Nullable Numbers rows = wanted.numbers(name);
            put(numbers, name, rows == null ? null : rows.values());
        });
        scope.counters().forEach(name -> {
            if (wanted.counts(name)) {
                counters.add(name);
            } else {
                counters.remove(name);
            }
        });
    }

    private static void become(Set<Element> held, Set<Element> scope, WantedTable wanted, String set) {
        scope.forEach(element -> {
            if (wanted.contains(set, element)) {
                held.add(element);
            } else {
                held.remove(element);
            }
        });
    }

    private static <V> void put(Map<String, V> map, String name, @Nullable V value) {
        if (value == null) {
            map.remove(name);
        } else {
            map.put(name, value);
        }
    }

    private static Nftables.@Nullable Chain chain(@Nullable List<List<Expression>> rules) {
        return rules == null ? null : new Nftables.Chain(false, Collections.nCopies(rules.size(), ""), leads(rules));
    }

    private static Nftables.@Nullable Chain chain(@Nullable Hook hook) {
        return hook == null
                ? null
                : new Nftables.Chain(true, Collections.nCopies(hook.rules().size(), hook.note()), leads(hook.rules()));
    }

    /** To chains, and to maps that lead on. */
    private static Set<String> leads(List<List<Expression>> rules) {
        Set<String> leads = new HashSet<>();
        for (List<Expression> rule : rules) {
            for (Expression expression : rule) {
                switch (expression) {
                    case Expression.Goto(String chain) -> leads.add(chain);
                    case Expression.Jump(String chain) -> leads.add(chain);
                    case Expression.LookupVerdict(String map, var _) -> leads.add(map);
                    default -> {}
                }
            }
        }
        return leads;
    }

    boolean exists() {
        return exists;
    }

    /** Name → chain. */
    Map<String, Nftables.Chain> chains() {
        return Collections.unmodifiableMap(chains);
    }

    /** Set or map, other than those of numbers → its elements. */
    Map<String, Set<Element>> elements() {
        return Collections.unmodifiableMap(elements);
    }

    /** The elements of a set or map other than one of numbers; empty when it is not there. */
    Set<Element> entries(String name) {
        return Collections.unmodifiableSet(elements.getOrDefault(name, Set.of()));
    }

    /** Map of numbers → its rows. */
    Map<String, int[]> numbers() {
        return Collections.unmodifiableMap(numbers);
    }

    /** All chains, sets and maps to which a chain leads, and itself. */
    Set<String> reached(String chain) {
        Set<String> reached = new HashSet<>();
        reach(chain, reached);
        return reached;
    }

    private void reach(String name, Set<String> reached) {
        if (!reached.add(name)) {
            return;
        }
        Nftables.Chain chain = chains.get(name);
        if (chain != null) {
            chain.leads().forEach(next -> reach(next, reached));
        }
        entries(name).forEach(element -> {
            if (element.content() instanceof Element.Goto(String next)) {
                reach(next, reached);
            }
        });
    }

    Set<String> counters() {
        return Collections.unmodifiableSet(counters);
    }
}
