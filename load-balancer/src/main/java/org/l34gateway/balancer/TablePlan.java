// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.balancer.WantedTable.Elements;
import org.l34gateway.balancer.WantedTable.Hook;

/**
 * From the present table to the wanted one. First the new slot maps are filled, which nothing uses yet, in pieces that keep
 * libnftables small; then everything that packets can see changes at once.
 *
 * @param transactions nft commands, each text one transaction; empty when nothing is to be done
 */
record TablePlan(List<String> transactions) {
    /** About 1 KiB of libnftables' memory per element while a transaction is made. */
    private static final int ELEMENTS_PER_LOAD = 8_192;

    private static final int ELEMENTS_PER_LINE = 16;

    TablePlan {
        transactions = List.copyOf(transactions);
    }

    boolean isEmpty() {
        return transactions.isEmpty();
    }

    static TablePlan decide(WantedTable wanted, PresentTable present) {
        List<String> transactions = new ArrayList<>();
        wanted.slotMaps().forEach((name, marks) -> {
            if (!present.slotMaps().containsKey(name)) {
                transactions.addAll(loads(name, marks));
            }
        });
        StringBuilder commands = new StringBuilder();
        declare(wanted, present, commands);
        fillChains(wanted, present, commands);
        wanted.elements().forEach((name, elements) -> {
            PresentTable.Elements held = present.elements().get(name);
            changeElements(name, elements.entries(), held == null ? Map.of() : held.entries(), commands);
        });
        wanted.slotMaps().forEach((name, marks) -> {
            char[] held = present.slotMaps().get(name);
            if (held != null) {
                changeElements(name, slots(marks, held), slots(held, marks), commands);
            }
        });
        hook(wanted, present, commands);
        clear(wanted, present, commands);
        if (!commands.isEmpty()) {
            transactions.add(commands.toString());
        }
        return new TablePlan(transactions);
    }

    private static List<String> loads(String name, char[] marks) {
        List<Map<String, String>> pieces = new ArrayList<>(List.of(new TreeMap<>()));
        for (int slot = 0; slot < marks.length; slot++) {
            if (pieces.getLast().size() == ELEMENTS_PER_LOAD) {
                pieces.add(new TreeMap<>());
            }
            if (marks[slot] != 0) {
                pieces.getLast().put(key(slot), Integer.toString(marks[slot]));
            }
        }
        List<String> loads = new ArrayList<>();
        for (Map<String, String> piece : pieces) {
            StringBuilder commands = new StringBuilder();
            if (loads.isEmpty()) {
                command(commands, "add table " + WantedTable.TABLE);
                command(
                        commands,
                        "add map " + WantedTable.TABLE + " " + name + " { type mark : mark; size " + marks.length
                                + "; }");
            }
            addElements(name, piece, commands);
            loads.add(commands.toString());
        }
        return loads;
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

    private static void changeElements(
            String name, Map<String, String> wanted, Map<String, String> present, StringBuilder commands) {
        Map<String, String> gone = new TreeMap<>(present);
        gone.entrySet().removeIf(each -> each.getValue().equals(wanted.get(each.getKey())));
        Map<String, String> come = new TreeMap<>(wanted);
        come.entrySet().removeIf(each -> each.getValue().equals(present.get(each.getKey())));
        // The kernel refuses to add another value over one that is there.
        if (!gone.isEmpty()) {
            elements("delete", name, gone.keySet(), commands);
        }
        addElements(name, come, commands);
    }

    private static void addElements(String name, Map<String, String> entries, StringBuilder commands) {
        if (!entries.isEmpty()) {
            elements(
                    "add",
                    name,
                    entries.entrySet().stream()
                            .map(each ->
                                    each.getValue().isEmpty() ? each.getKey() : each.getKey() + " : " + each.getValue())
                            .toList(),
                    commands);
        }
    }

    /** The slots in which {@code marks} differs from {@code other}. */
    private static Map<String, String> slots(char[] marks, char[] other) {
        Map<String, String> slots = new HashMap<>();
        for (int slot = 0; slot < marks.length; slot++) {
            boolean same = slot < other.length && marks[slot] == other[slot];
            if (!same && marks[slot] != 0) {
                slots.put(key(slot), Integer.toString(marks[slot]));
            }
        }
        return slots;
    }

    private static String key(int slot) {
        return Integer.toString(Marks.SLOT_OFFSET + slot);
    }

    private static void elements(String verb, String name, Collection<String> texts, StringBuilder commands) {
        commands.append(verb)
                .append(" element ")
                .append(WantedTable.TABLE)
                .append(' ')
                .append(name)
                .append(" {");
        int count = 0;
        for (String text : texts) {
            commands.append(count == 0 ? "" : ",")
                    .append(count % ELEMENTS_PER_LINE == 0 ? "\n  " : " ")
                    .append(text);
            count++;
        }
        commands.append("\n}\n");
    }

    private static void command(StringBuilder commands, String command) {
        commands.append(command).append('\n');
    }
}
