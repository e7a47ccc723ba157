// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.WantedTable.Elements;
import org.l34gateway.balancer.WantedTable.Numbers;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.nftables.NumberMap;
import org.l34gateway.linux.nftables.Operation;
import org.l34gateway.linux.nftables.TableName;

/**
 * From the present table to the wanted one: what is new and not used by any packet yet comes first, and new maps of
 * slots are filled; then one transaction moves packets there and takes away what nobody uses any more, so that they see the old table
 * or the new one. Rules come before slots, because the kernel looks at every element of a map for each chain that names it.
 *
 * @param transactions in order; empty when nothing is to be done
 */
record TablePlan(TableName table, List<List<Operation>> transactions) {
    /** Keeps what is under way to the kernel small; nobody sees how far it is. */
    private static final int ELEMENTS_PER_LOAD = 32_768;

    private static final int[] NOTHING = {};

    TablePlan {
        transactions = transactions.stream().map(List::copyOf).toList();
    }

    boolean isEmpty() {
        return transactions.isEmpty();
    }

    static TablePlan decide(WantedTable wanted, PresentTable present) {
        List<Operation> come = new ArrayList<>();
        if (!present.exists()) {
            come.add(new Operation.AddTable());
        }
        missing(wanted.counters(), present.counters()).forEach(counter -> come.add(new Operation.AddCounter(counter)));
        // The kernel goes through all sets for each that a rule names: the many that few rules name come last.
        List<Operation> last = new ArrayList<>();
        wanted.elements().forEach((name, elements) -> {
            if (!present.elements().containsKey(name)) {
                (elements.isFilledByPackets() ? last : come).add(new Operation.AddSet(elements.shape()));
            }
        });
        List<List<Operation>> loads = loads(wanted, present, come);
        come.addAll(last);
        chains(wanted, present, come);
        List<Operation> move = new ArrayList<>();
        wanted.elements()
                .forEach((name, elements) ->
                        elements(elements, present, present.elements().containsKey(name) ? move : come));
        hooks(wanted, present, move);
        wanted.numbers().forEach((name, numbers) -> {
            int[] held = present.numbers().get(name);
            if (held != null && !Arrays.equals(held, numbers.values())) {
                NumberMap change = numbers.changeFrom(held);
                if (change.size() > 0) {
                    move.add(new Operation.ChangeNumbers(change));
                }
            }
        });
        clear(wanted, present, move);

        List<List<Operation>> transactions = new ArrayList<>();
        if (loads.isEmpty()) {
            come.addAll(move);
            transactions.add(come);
        } else {
            transactions.add(come);
            transactions.addAll(loads);
            transactions.add(move);
        }
        transactions.removeIf(List::isEmpty);
        return new TablePlan(wanted.name(), transactions);
    }

    private static Set<String> missing(Set<String> from, Set<String> in) {
        Set<String> missing = new TreeSet<>();
        for (String each : from) {
            if (!in.contains(each)) {
                missing.add(each);
            }
        }
        return missing;
    }

    /** Fills new maps of numbers, which are declared before. */
    private static List<List<Operation>> loads(WantedTable wanted, PresentTable present, List<Operation> declarations) {
        List<List<Operation>> loads = new ArrayList<>();
        List<Operation> load = new ArrayList<>();
        int elements = 0;
        for (Map.Entry<String, Numbers> each : wanted.numbers().entrySet()) {
            if (present.numbers().containsKey(each.getKey())) {
                continue;
            }
            Numbers numbers = each.getValue();
            declarations.add(new Operation.AddSet(numbers.shape()));
            NumberMap whole = numbers.changeFrom(NOTHING);
            if (whole.size() > 0) {
                load.add(new Operation.ChangeNumbers(whole));
                elements += whole.size();
            }
            if (elements >= ELEMENTS_PER_LOAD) {
                loads.add(load);
                load = new ArrayList<>();
                elements = 0;
            }
        }
        if (!load.isEmpty()) {
            loads.add(load);
        }
        return loads;
    }

    /** All chains exist before the first rule, because rules name chains. A chain with rules missing is filled again. */
    private static void chains(WantedTable wanted, PresentTable present, List<Operation> operations) {
        List<String> unfilled = new ArrayList<>();
        wanted.chains().forEach((name, rules) -> {
            Nftables.Chain held = present.chains().get(name);
            if (held == null || held.notes().size() != rules.size()) {
                unfilled.add(name);
                operations.add(held == null ? new Operation.AddChain(name) : new Operation.RemoveRules(name));
            }
        });
        for (String name : unfilled) {
            List<List<Expression>> rules = wanted.chains().getOrDefault(name, List.of());
            if (!rules.isEmpty()) {
                operations.add(new Operation.AddRules(name, "", rules));
            }
        }
    }

    private static void elements(Elements wanted, PresentTable present, List<Operation> operations) {
        if (wanted.isFilledByPackets()) {
            return;
        }
        SortedSet<Element> held = present.entries(wanted.shape().name());
        if (held.equals(wanted.entries())) {
            return;
        }
        List<Element> go = new ArrayList<>();
        List<Element> come = new ArrayList<>();
        differences(held, wanted.entries(), go, come);
        if (!go.isEmpty()) {
            operations.add(new Operation.RemoveElements(wanted.shape().name(), go));
        }
        if (!come.isEmpty()) {
            operations.add(new Operation.AddElements(wanted.shape().name(), come));
        }
    }

    /** Walks both once. */
    private static void differences(
            SortedSet<Element> held, SortedSet<Element> wanted, List<Element> go, List<Element> come) {
        Iterator<Element> left = held.iterator();
        Iterator<Element> right = wanted.iterator();
        @Nullable Element old = next(left);
        @Nullable Element fresh = next(right);
        while (old != null || fresh != null) {
            int order = old == null ? 1 : fresh == null ? -1 : old.compareTo(fresh);
            if (order < 0 && old != null) {
                go.add(old);
            }
            if (order > 0 && fresh != null) {
                come.add(fresh);
            }
            old = order <= 0 ? next(left) : old;
            fresh = order >= 0 ? next(right) : fresh;
        }
    }

    private static @Nullable Element next(Iterator<Element> elements) {
        return elements.hasNext() ? elements.next() : null;
    }

    private static void hooks(WantedTable wanted, PresentTable present, List<Operation> operations) {
        wanted.hooks().forEach((name, hook) -> {
            Nftables.Chain held = present.chains().get(name);
            if (held == null) {
                operations.add(new Operation.AddHookedChain(hook.chain()));
            }
            List<String> notes = held == null ? List.of() : held.notes();
            if (!notes.equals(Collections.nCopies(hook.rules().size(), hook.note()))) {
                if (!notes.isEmpty()) {
                    operations.add(new Operation.RemoveRules(name));
                }
                operations.add(new Operation.AddRules(name, hook.note(), hook.rules()));
            }
        });
    }

    /** What is not wanted any more; chains are emptied first, because they name each other, maps and counters. */
    private static void clear(WantedTable wanted, PresentTable present, List<Operation> operations) {
        Set<String> chains = missing(present.chains().keySet(), wanted.chains().keySet());
        chains.removeAll(wanted.hooks().keySet());
        chains.forEach(name -> operations.add(new Operation.RemoveRules(name)));
        Set<String> sets =
                missing(present.elements().keySet(), wanted.elements().keySet());
        sets.addAll(missing(present.numbers().keySet(), wanted.numbers().keySet()));
        sets.forEach(name -> operations.add(new Operation.RemoveSet(name)));
        chains.forEach(name -> operations.add(new Operation.RemoveChain(name)));
        missing(present.counters(), wanted.counters())
                .forEach(name -> operations.add(new Operation.RemoveCounter(name)));
    }
}
