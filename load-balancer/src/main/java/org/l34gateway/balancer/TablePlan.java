// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.balancer.WantedTable.Elements;
import org.l34gateway.balancer.WantedTable.Hook;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.nftables.MapChange;

/**
 * From the present table to the wanted one, in steps that packets do not mind: new slot maps are filled, then new chains and
 * sets are added, which nothing uses yet; then one transaction moves slots and VIPs; then what nobody uses any more goes.
 *
 * @param steps each one transaction; empty when nothing is to be done
 */
record TablePlan(List<Step> steps) {
    /** Keeps what is under way to the kernel small; nobody sees how far it is. */
    private static final int ELEMENTS_PER_LOAD = 8_192;

    private static final char[] NO_MARKS = {};

    /** A transaction. */
    sealed interface Step {
        /** Commands in nft's language, one a line. */
        record Commands(String text) implements Step {}

        /** Changes of elements, of which there may be very many. */
        record Elements(List<MapChange> changes) implements Step {
            public Elements {
                changes = List.copyOf(changes);
            }
        }
    }

    TablePlan {
        steps = List.copyOf(steps);
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    static TablePlan decide(WantedTable wanted, PresentTable present) {
        List<Step> steps = new ArrayList<>();
        wanted.slotMaps().forEach((name, marks) -> {
            if (!present.slotMaps().containsKey(name)) {
                load(name, marks, steps);
            }
        });
        StringBuilder come = new StringBuilder();
        declare(wanted, present, come);
        fillChains(wanted, present, come);
        StringBuilder go = new StringBuilder();
        List<MapChange> moves = new ArrayList<>();
        wanted.elements().forEach((name, elements) -> {
            Map<String, String> held = present.entries(name);
            if (TableText.isDispatch(name)) {
                moves.add(new MapChange.Gotos(name, chains(held), chains(elements.entries())));
            } else {
                elements("add", name, missing(elements.entries(), held), come);
                elements("delete", name, missing(held, elements.entries()), go);
            }
        });
        hook(wanted, present, come);
        wanted.slotMaps().forEach((name, marks) -> {
            char[] held = present.slotMaps().get(name);
            if (held != null) {
                moves.add(new MapChange.Marks(name, Marks.SLOT_OFFSET, held, marks));
            }
        });
        moves.removeIf(MapChange::isEmpty);
        clear(wanted, present, go);

        addCommands(come, steps);
        if (!moves.isEmpty()) {
            steps.add(new Step.Elements(moves));
        }
        addCommands(go, steps);
        return new TablePlan(steps);
    }

    private static void addCommands(StringBuilder commands, List<Step> steps) {
        if (!commands.isEmpty()) {
            steps.add(new Step.Commands(commands.toString()));
        }
    }

    private static void load(String name, char[] marks, List<Step> steps) {
        StringBuilder commands = new StringBuilder();
        command(commands, "add table " + WantedTable.TABLE);
        command(
                commands,
                "add map " + WantedTable.TABLE + " " + name + " { type mark : mark; size " + marks.length + "; }");
        addCommands(commands, steps);
        for (int from = 0; from < marks.length; from += ELEMENTS_PER_LOAD) {
            char[] piece = Arrays.copyOfRange(marks, from, Math.min(marks.length, from + ELEMENTS_PER_LOAD));
            MapChange load = new MapChange.Marks(name, Marks.SLOT_OFFSET + from, NO_MARKS, piece);
            if (!load.isEmpty()) {
                steps.add(new Step.Elements(List.of(load)));
            }
        }
    }

    /** VIP → chain. */
    private static Map<IpAddress, String> chains(Map<String, String> verdicts) {
        Map<IpAddress, String> chains = new TreeMap<>();
        verdicts.forEach(
                (vip, verdict) -> chains.put(IpAddress.parse(vip), verdict.substring(TableText.GOTO.length())));
        return chains;
    }

    /** Keys that are in the one and not in the other. */
    private static SortedSet<String> missing(Map<String, String> from, Map<String, String> in) {
        SortedSet<String> missing = new TreeSet<>(from.keySet());
        missing.removeAll(in.keySet());
        return missing;
    }

    private static void declare(WantedTable wanted, PresentTable present, StringBuilder commands) {
        if (!present.exists()) {
            command(commands, "add table " + WantedTable.TABLE);
        }
        for (Map.Entry<String, Elements> each : wanted.elements().entrySet()) {
            if (!present.elements().containsKey(each.getKey())) {
                command(
                        commands,
                        "add " + each.getValue().kind() + " " + WantedTable.TABLE + " " + each.getKey() + " { "
                                + each.getValue().declaration() + " }");
            }
        }
        for (Map.Entry<String, Hook> each : wanted.hooks().entrySet()) {
            PresentTable.Chain held = present.chains().get(each.getKey());
            Hook hook = each.getValue();
            if (held == null || !held.policy().equals(hook.policy())) {
                command(
                        commands,
                        "add chain " + WantedTable.TABLE + " " + each.getKey() + " { " + hook.place() + "; policy "
                                + hook.policy() + "; }");
            }
        }
    }

    /** All chains exist before the first rule, because rules name chains. A chain with rules missing is filled again. */
    private static void fillChains(WantedTable wanted, PresentTable present, StringBuilder commands) {
        List<String> unfilled = new ArrayList<>();
        wanted.chains().forEach((name, rules) -> {
            PresentTable.Chain held = present.chains().get(name);
            if (held == null || held.rules() != rules.size()) {
                unfilled.add(name);
                command(commands, (held == null ? "add" : "flush") + " chain " + WantedTable.TABLE + " " + name);
            }
        });
        for (String name : unfilled) {
            for (String rule : wanted.chains().getOrDefault(name, List.of())) {
                command(commands, "add rule " + WantedTable.TABLE + " " + name + " " + rule);
            }
        }
    }

    private static void hook(WantedTable wanted, PresentTable present, StringBuilder commands) {
        wanted.hooks().forEach((name, hook) -> {
            PresentTable.Chain held = present.chains().get(name);
            if (held == null || held.rules() != 1 || !held.goes().equals(List.of(hook.body()))) {
                if (held != null && held.rules() > 0) {
                    command(commands, "flush chain " + WantedTable.TABLE + " " + name);
                }
                command(commands, "add rule " + WantedTable.TABLE + " " + name + " jump " + hook.body());
            }
        });
    }

    /** What is not wanted any more; chains are emptied first, because they name each other and maps. */
    private static void clear(WantedTable wanted, PresentTable present, StringBuilder commands) {
        List<String> chains = new TreeSet<>(present.chains().keySet())
                .stream()
                        .filter(name -> !wanted.chains().containsKey(name)
                                && !wanted.hooks().containsKey(name))
                        .toList();
        chains.forEach(name -> command(commands, "flush chain " + WantedTable.TABLE + " " + name));
        new TreeMap<>(present.elements()).forEach((name, elements) -> {
            if (!wanted.elements().containsKey(name)) {
                command(commands, "delete " + elements.kind() + " " + WantedTable.TABLE + " " + name);
            }
        });
        chains.forEach(name -> command(commands, "delete chain " + WantedTable.TABLE + " " + name));
        for (String name : new TreeSet<>(present.slotMaps().keySet())) {
            if (!wanted.slotMaps().containsKey(name)) {
                command(commands, "delete map " + WantedTable.TABLE + " " + name);
            }
        }
    }

    private static void elements(String verb, String set, SortedSet<String> keys, StringBuilder commands) {
        if (!keys.isEmpty()) {
            command(
                    commands,
                    verb + " element " + WantedTable.TABLE + " " + set + " {\n  " + String.join(",\n  ", keys) + "\n}");
        }
    }

    private static void command(StringBuilder commands, String command) {
        commands.append(command).append('\n');
    }
}
