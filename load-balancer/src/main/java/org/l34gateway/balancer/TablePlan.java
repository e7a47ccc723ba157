// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.l34gateway.balancer.Part.Hook;
import org.l34gateway.balancer.WantedTable.Numbers;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.nftables.NumberMap;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.Operation;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.TableChange;
import org.l34gateway.linux.nftables.TableName;

/**
 * From the present table to the wanted one: what is new and not used by any packet yet comes first, and new maps of
 * slots are filled; then one transaction moves packets there, so that they see the old table or the new one; what nobody uses any
 * more goes last. Rules come before slots, because the kernel looks at every element of a map for each chain that names it.
 *
 * <p>A packet that is on its way while a transaction ends reads the rules of all its chains as they were before, and the elements
 * of maps as they are after (nft_do_chain, nft_genmask_cur): in a chain that comes or goes with the element that leads there, it
 * would find no rule, and with what it has looked up in one map it would find nothing in the next. What it has not found in the map
 * of services it looks for in the chain of its VIP, and a chain that comes with a service leaves that service out: so the VIP
 * goes there after the service has come.
 *
 * @param come what no packet uses yet
 * @param loads the slots of new maps, in pieces
 * @param move what packets see at once
 * @param follow the chains of VIPs, when services have come
 * @param go what no packet uses any more
 */
record TablePlan(
        TableName table,
        List<Operation> come,
        List<List<Operation>> loads,
        List<Operation> move,
        List<Operation> follow,
        List<Operation> go) {
    TablePlan {
        come = List.copyOf(come);
        loads = loads.stream().map(List::copyOf).toList();
        move = List.copyOf(move);
        follow = List.copyOf(follow);
        go = List.copyOf(go);
    }

    boolean isEmpty() {
        return come.isEmpty() && loads.isEmpty() && move.isEmpty() && follow.isEmpty() && go.isEmpty();
    }

    /**
     * The transactions of several tables, in order. They share them: at the end of each the kernel walks over all chains and sets
     * of all tables.
     */
    static List<List<TableChange>> transactions(List<TablePlan> plans) {
        List<List<TableChange>> transactions = new ArrayList<>();
        transactions.add(plans.stream().map(plan -> plan.change(plan.come)).toList());
        plans.forEach(plan -> plan.loads.forEach(load -> transactions.add(List.of(plan.change(load)))));
        transactions.add(plans.stream().map(plan -> plan.change(plan.move)).toList());
        transactions.add(plans.stream().map(plan -> plan.change(plan.follow)).toList());
        transactions.add(plans.stream().map(plan -> plan.change(plan.go)).toList());
        return transactions.stream()
                .map(changes -> changes.stream()
                        .filter(change -> !change.operations().isEmpty())
                        .toList())
                .filter(changes -> !changes.isEmpty())
                .toList();
    }

    private TableChange change(List<Operation> operations) {
        return new TableChange(table, operations);
    }

    /** @param scope where they may differ */
    static TablePlan decide(WantedTable wanted, PresentTable present, Scope scope) {
        return new Decision(wanted, present, scope).plan();
    }

    /** One decision. */
    private static final class Decision {
        /** Keeps what is under way to the kernel small; nobody sees how far it is. */
        private static final int ELEMENTS_PER_LOAD = 32_768;

        private static final int[] NOTHING = {};

        private final WantedTable wanted;
        private final PresentTable present;
        private final Scope scope;
        private final List<Operation> come = new ArrayList<>();
        private final List<List<Operation>> loads = new ArrayList<>();
        private final List<Operation> move = new ArrayList<>();
        private final List<Operation> follow = new ArrayList<>();
        private final List<Operation> go = new ArrayList<>();

        Decision(WantedTable wanted, PresentTable present, Scope scope) {
            this.wanted = wanted;
            this.present = present;
            this.scope = scope;
        }

        TablePlan plan() {
            if (!present.exists()) {
                come.add(new Operation.AddTable());
            }
            scope.counters().stream()
                    .filter(name -> wanted.counts(name) && !present.counters().contains(name))
                    .forEach(name -> come.add(new Operation.AddCounter(name)));
            // The kernel goes through all sets for each that a rule names: the many that few rules name come last.
            List<Operation> last = new ArrayList<>();
            scope.elements().keySet().forEach(name -> {
                SetShape shape = wanted.shape(name);
                if (shape != null && !present.elements().containsKey(name)) {
                    (WantedTable.isFilledByPackets(shape) ? last : come).add(new Operation.AddSet(shape));
                }
            });
            loads();
            come.addAll(last);
            chains();
            Map<String, Delta> deltas = deltas();
            boolean anyServiceComes = deltas.entrySet().stream()
                    .anyMatch(each ->
                            Tables.isServices(each.getKey()) && each.getValue().anyNewKey());
            deltas.forEach((name, delta) -> {
                List<Operation> used = anyServiceComes && Tables.isDispatch(name) ? follow : move;
                elements(name, delta, present.elements().containsKey(name) ? used : come);
            });
            hooks();
            numbers();
            clear();
            return new TablePlan(wanted.name(), come, loads, move, follow, go);
        }

        /** Declares new maps of numbers, and fills them. */
        private void loads() {
            List<Operation> load = new ArrayList<>();
            int elements = 0;
            for (String name : scope.numbers()) {
                Numbers numbers = wanted.numbers(name);
                if (numbers == null || present.numbers().containsKey(name)) {
                    continue;
                }
                come.add(new Operation.AddSet(numbers.shape()));
                NumberMap whole = change(numbers, NOTHING);
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
        }

        private static NumberMap change(Numbers to, int[] from) {
            return new NumberMap(to.shape().name(), 0, to.rowLength(), from, to.values());
        }

        /** All chains exist before the first rule, because rules name chains. A chain with rules missing is filled again. */
        private void chains() {
            List<Operation> fill = new ArrayList<>();
            for (String name : scope.chains()) {
                List<List<Expression>> rules = wanted.rules(name);
                Nftables.Chain held = present.chains().get(name);
                if (rules != null && (held == null || held.notes().size() != rules.size())) {
                    come.add(held == null ? new Operation.AddChain(name) : new Operation.RemoveRules(name));
                    if (!rules.isEmpty()) {
                        fill.add(new Operation.AddRules(name, "", rules));
                    }
                }
            }
            come.addAll(fill);
        }

        /**
         * How the elements of a set change.
         *
         * @param replaced those that go because others come with the same keys
         */
        private record Delta(List<Element> comes, List<Element> replaced, List<Element> goes) {
            boolean anyNewKey() {
                return comes.size() > replaced.size();
            }
        }

        /** Of sets that not only packets fill. */
        private Map<String, Delta> deltas() {
            Map<String, Delta> deltas = new LinkedHashMap<>();
            scope.elements().forEach((set, entries) -> {
                SetShape shape = wanted.shape(set);
                if (shape != null && !WantedTable.isFilledByPackets(shape)) {
                    deltas.put(set, delta(set, entries));
                }
            });
            return deltas;
        }

        private Delta delta(String set, Set<Element> entries) {
            Set<Element> held = present.entries(set);
            List<Element> goes = new ArrayList<>();
            List<Element> comes = new ArrayList<>();
            for (Element entry : entries) {
                boolean isHeld = held.contains(entry);
                if (isHeld != wanted.contains(set, entry)) {
                    (isHeld ? goes : comes).add(entry);
                }
            }
            // Both ends of a range follow each other.
            Collections.sort(goes);
            Collections.sort(comes);
            Set<Octets> keys = comes.stream().map(Element::key).collect(Collectors.toSet());
            List<Element> replaced =
                    goes.stream().filter(entry -> keys.contains(entry.key())).toList();
            goes.removeAll(replaced);
            return new Delta(comes, replaced, goes);
        }

        private void elements(String set, Delta delta, List<Operation> operations) {
            if (!delta.replaced().isEmpty()) {
                operations.add(new Operation.RemoveElements(set, delta.replaced()));
            }
            if (!delta.comes().isEmpty()) {
                operations.add(new Operation.AddElements(set, delta.comes()));
            }
            if (!delta.goes().isEmpty()) {
                go.add(new Operation.RemoveElements(set, delta.goes()));
            }
        }

        private void hooks() {
            for (String name : scope.hooks()) {
                Hook hook = wanted.hook(name);
                if (hook == null) {
                    continue;
                }
                Nftables.Chain held = present.chains().get(name);
                if (held == null) {
                    move.add(new Operation.AddHookedChain(hook.chain()));
                }
                List<String> notes = held == null ? List.of() : held.notes();
                if (!notes.equals(Collections.nCopies(hook.rules().size(), hook.note()))) {
                    if (!notes.isEmpty()) {
                        move.add(new Operation.RemoveRules(name));
                    }
                    move.add(new Operation.AddRules(name, hook.note(), hook.rules()));
                }
            }
        }

        private void numbers() {
            for (String name : scope.numbers()) {
                Numbers numbers = wanted.numbers(name);
                int[] held = present.numbers().get(name);
                if (numbers != null && held != null && !Arrays.equals(held, numbers.values())) {
                    NumberMap change = change(numbers, held);
                    addTo(move, change.coming());
                    addTo(go, change.leaving());
                }
            }
        }

        private static void addTo(List<Operation> operations, NumberMap change) {
            if (change.size() > 0) {
                operations.add(new Operation.ChangeNumbers(change));
            }
        }

        /** What is not wanted any more; chains are emptied first, because they name each other, maps and counters. */
        private void clear() {
            NavigableSet<String> chains = new TreeSet<>(scope.chains());
            chains.addAll(scope.hooks());
            chains.removeIf(name ->
                    !present.chains().containsKey(name) || wanted.rules(name) != null || wanted.hook(name) != null);
            chains.forEach(name -> go.add(new Operation.RemoveRules(name)));
            NavigableSet<String> sets = new TreeSet<>();
            scope.elements().keySet().stream()
                    .filter(name -> present.elements().containsKey(name) && wanted.shape(name) == null)
                    .forEach(sets::add);
            scope.numbers().stream()
                    .filter(name -> present.numbers().containsKey(name) && wanted.numbers(name) == null)
                    .forEach(sets::add);
            sets.forEach(name -> go.add(new Operation.RemoveSet(name)));
            chains.forEach(name -> go.add(new Operation.RemoveChain(name)));
            scope.counters().stream()
                    .filter(name -> present.counters().contains(name) && !wanted.counts(name))
                    .forEach(name -> go.add(new Operation.RemoveCounter(name)));
        }
    }
}
