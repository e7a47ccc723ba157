// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's nf_tables in the namespace in which this was opened, straight over nfnetlink: a change of tables is one
 * transaction, which packets see whole or not at all. Needs CAP_NET_ADMIN. Not for use by several threads at once.
 */
public final class Nftables implements AutoCloseable {
    /** The number of the table's name in messages of all kinds. */
    private static final int NFTA_TABLE = 1;

    private static final int NFTA_RULE_CHAIN = 2;
    private static final int NFTA_RULE_EXPRESSIONS = 4;
    private static final int NFTA_RULE_USERDATA = 7;
    private static final int NFTA_CHAIN_NAME = 3;
    private static final int NFTA_CHAIN_HOOK = 4;
    private static final int NFTA_SET_NAME = 2;
    private static final int NFTA_SET_ELEM_LIST_ELEMENTS = 3;
    private static final int NFTA_SET_ELEM_KEY = 1;
    private static final int NFTA_SET_ELEM_DATA = 2;
    private static final int NFTA_SET_ELEM_FLAGS = 3;
    private static final int NFTA_SET_ELEM_EXPR = 7;
    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;
    /** Kind of expression → where the name of its set is. */
    private static final Map<String, List<Integer>> NAME_OF_SET = Map.of("lookup", List.of(1), "dynset", List.of(1));
    /** NFTA_IMMEDIATE_DATA, NFTA_DATA_VERDICT, NFTA_VERDICT_CHAIN. */
    private static final List<Integer> CHAIN_OF_VERDICT = List.of(2, 2, 2);

    private static final int NFTA_COUNTER_BYTES = 1;
    private static final int NFTA_COUNTER_PACKETS = 2;
    private static final int NFTA_OBJ_NAME = 2;
    private static final int NFTA_OBJ_DATA = 4;
    private static final int NFTA_GEN_ID = 1;
    /** Type and length of a comment come before it. */
    private static final int COMMENT_HEADER = 2;

    private final Nfnetlink kernel;

    private Nftables(Nfnetlink kernel) {
        this.kernel = kernel;
    }

    /**
     * Opens a socket in the calling thread's namespace; it stays there, whatever thread uses it.
     *
     * @throws org.l34gateway.netlink.KernelRefused when the kernel gives none
     */
    public static Nftables open() {
        return new Nftables(Nfnetlink.open());
    }

    /**
     * What a chain is, as far as names say it.
     *
     * @param hooked whether packets enter it by themselves
     * @param notes the note of each rule, in order
     * @param leads chains to which its rules lead, and sets and maps into which they look
     */
    public record Chain(boolean hooked, List<String> notes, Set<String> leads) {
        public Chain {
            notes = List.copyOf(notes);
            leads = Set.copyOf(leads);
        }
    }

    /** What a counter has counted. */
    public record Count(long packets, long bytes) {
        public Count plus(Count other) {
            return new Count(packets + other.packets, bytes + other.bytes);
        }
    }

    /**
     * Changes tables in one transaction: all changes are made or none.
     *
     * @throws org.l34gateway.netlink.KernelRefused when the kernel refuses one of them; nothing was changed then
     */
    public void run(List<TableChange> transaction) {
        kernel.run(transaction.stream()
                .flatMap(change -> OperationWriter.messages(change).stream())
                .toList());
    }

    /** A number that changes with every transaction of anybody in this namespace. What packets change does not change it. */
    public int generation() {
        int[] generation = new int[1];
        Message question = new Message(MessageType.GETGEN, new TableName(TableName.Family.INET, ""), "");
        kernel.ask(question, MessageType.NEWGEN, message -> {
            for (Attribute each : message) {
                if (each.type() == NFTA_GEN_ID) {
                    generation[0] = each.networkNumber();
                }
            }
        });
        return generation[0];
    }

    /** Name → chain; empty when there is no such table. */
    public Map<String, Chain> chains(TableName table) {
        Map<String, Boolean> hooked = new HashMap<>();
        list(MessageType.GETCHAIN, MessageType.NEWCHAIN, table, hooked::clear, message -> {
            String name = "";
            boolean hook = false;
            for (Attribute each : message) {
                switch (each.type()) {
                    case NFTA_CHAIN_NAME -> name = each.text();
                    case NFTA_CHAIN_HOOK -> hook = true;
                    default -> {}
                }
            }
            hooked.put(name, hook);
        });
        Map<String, List<String>> notes = new HashMap<>();
        Map<String, Set<String>> leads = new HashMap<>();
        Runnable begin = () -> {
            notes.clear();
            leads.clear();
        };
        list(MessageType.GETRULE, MessageType.NEWRULE, table, begin, message -> {
            String chain = "";
            String note = "";
            Set<String> names = new TreeSet<>();
            for (Attribute each : message) {
                switch (each.type()) {
                    case NFTA_RULE_CHAIN -> chain = each.text();
                    case NFTA_RULE_EXPRESSIONS -> leads(each, names);
                    case NFTA_RULE_USERDATA -> note = each.after(COMMENT_HEADER).text();
                    default -> {}
                }
            }
            notes.computeIfAbsent(chain, _ -> new ArrayList<>()).add(note);
            leads.computeIfAbsent(chain, _ -> new TreeSet<>()).addAll(names);
        });
        Map<String, Chain> chains = new HashMap<>();
        hooked.forEach((name, hook) -> chains.put(
                name, new Chain(hook, notes.getOrDefault(name, List.of()), leads.getOrDefault(name, Set.of()))));
        return chains;
    }

    private static void leads(Attribute expressions, Set<String> names) {
        for (Attribute expression : expressions.nested()) {
            String kind = "";
            for (Attribute each : expression.nested()) {
                if (each.type() == NFTA_EXPR_NAME) {
                    kind = each.text();
                } else if (each.type() == NFTA_EXPR_DATA && NAME_OF_SET.containsKey(kind)) {
                    each.texts(NAME_OF_SET.get(kind)).forEach(names::add);
                } else if (each.type() == NFTA_EXPR_DATA && kind.equals("immediate")) {
                    each.texts(CHAIN_OF_VERDICT).forEach(names::add);
                }
            }
        }
    }

    /** The names of all sets and maps; empty when there is no such table. */
    public Set<String> sets(TableName table) {
        Set<String> names = new TreeSet<>();
        list(MessageType.GETSET, MessageType.NEWSET, table, names::clear, message -> {
            for (Attribute each : message) {
                if (each.type() == NFTA_SET_NAME) {
                    names.add(each.text());
                }
            }
        });
        return names;
    }

    /** The elements of a set or map; empty when it is not there. */
    public List<Element> elements(TableName table, String set) {
        List<Element> elements = new ArrayList<>();
        eachElement(table, set, elements::clear, attributes -> elements.add(element(attributes)));
        return elements;
    }

    /** What each element of a set or map has counted; empty when it is not there. */
    public Map<Octets, Count> counts(TableName table, String set) {
        Map<Octets, Count> counts = new LinkedHashMap<>();
        eachElement(table, set, counts::clear, attributes -> {
            for (Attribute each : attributes) {
                if (each.type() == NFTA_SET_ELEM_EXPR) {
                    each.nested().stream()
                            .filter(part -> part.type() == NFTA_EXPR_DATA)
                            .forEach(data -> counts.put(element(attributes).key(), count(data)));
                }
            }
        });
        return counts;
    }

    /**
     * The values of a map from numbers to rows of numbers, one behind the other.
     *
     * @param rowLength numbers of an element's value
     * @param size numbers of the result, which begins with key 0; other keys are passed over
     * @return 0 where there is no element, or no such map
     */
    public int[] numbers(TableName table, String map, int rowLength, int size) {
        int[] values = new int[size];
        eachElement(table, map, () -> Arrays.fill(values, 0), attributes -> {
            int key = 0;
            int[] row = new int[rowLength];
            for (Attribute each : attributes) {
                switch (each.type()) {
                    case NFTA_SET_ELEM_KEY -> key = each.firstNumber();
                    case NFTA_SET_ELEM_DATA -> row = each.first().numbers(rowLength);
                    default -> {}
                }
            }
            if (key >= 0 && key < size / rowLength) {
                System.arraycopy(row, 0, values, key * rowLength, rowLength);
            }
        });
        return values;
    }

    /** What the counters have counted that rules name; empty when there is no such table. */
    public Map<String, Count> counters(TableName table) {
        Map<String, Count> counters = new HashMap<>();
        list(MessageType.GETOBJ, MessageType.NEWOBJ, table, counters::clear, message -> {
            String name = "";
            @Nullable Count count = null;
            for (Attribute each : message) {
                switch (each.type()) {
                    case NFTA_OBJ_NAME -> name = each.text();
                    case NFTA_OBJ_DATA -> count = count(each);
                    default -> {}
                }
            }
            if (count != null) {
                counters.put(name, count);
            }
        });
        return counters;
    }

    private interface Listener {
        void hear(List<Attribute> attributes);
    }

    private void list(MessageType question, MessageType answer, TableName table, Runnable begin, Listener listener) {
        Message message = new Message(question, table, "").text(NFTA_TABLE, table.name());
        kernel.dump(message, answer, begin, attributes -> {
            // The kernel lists the chains of all tables, whatever it was asked for.
            if (attributes.stream()
                    .anyMatch(each -> each.type() == NFTA_TABLE && each.text().equals(table.name()))) {
                listener.hear(attributes);
            }
        });
    }

    private void eachElement(TableName table, String set, Runnable begin, Listener listener) {
        Message question = new Message(MessageType.GETSETELEM, table, set)
                .text(NFTA_TABLE, table.name())
                .text(NFTA_SET_NAME, set);
        kernel.dump(question, MessageType.NEWSETELEM, begin, message -> {
            for (Attribute list : message) {
                if (list.type() == NFTA_SET_ELEM_LIST_ELEMENTS) {
                    list.nested().forEach(element -> listener.hear(element.nested()));
                }
            }
        });
    }

    private static Element element(List<Attribute> attributes) {
        Octets key = Octets.of(new byte[0]);
        Element.Content content = new Element.Member();
        for (Attribute each : attributes) {
            switch (each.type()) {
                case NFTA_SET_ELEM_KEY -> key = each.first().value();
                case NFTA_SET_ELEM_DATA -> content = content(each.first());
                case NFTA_SET_ELEM_FLAGS -> content = each.networkNumber() == 0 ? content : new Element.End();
                default -> {}
            }
        }
        return new Element(key, content);
    }

    private static Element.Content content(Attribute data) {
        if (data.type() != ExpressionWriter.NFTA_DATA_VERDICT) {
            return new Element.Data(data.value());
        }
        String chain = "";
        int verdict = 0;
        for (Attribute each : data.nested()) {
            switch (each.type()) {
                case ExpressionWriter.NFTA_VERDICT_CODE -> verdict = each.networkNumber();
                case ExpressionWriter.NFTA_VERDICT_CHAIN -> chain = each.text();
                default -> {}
            }
        }
        return verdict == ExpressionWriter.NFT_JUMP ? new Element.Jump(chain) : new Element.Goto(chain);
    }

    private static Count count(Attribute data) {
        long packets = 0;
        long bytes = 0;
        for (Attribute each : data.nested()) {
            switch (each.type()) {
                case NFTA_COUNTER_PACKETS -> packets = each.networkLong();
                case NFTA_COUNTER_BYTES -> bytes = each.networkLong();
                default -> {}
            }
        }
        return new Count(packets, bytes);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
