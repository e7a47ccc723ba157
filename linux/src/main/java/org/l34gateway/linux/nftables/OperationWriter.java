// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes operations as messages to nf_tables. The numbers are those of linux/netfilter/nf_tables.h. */
final class OperationWriter {
    private static final int NFTA_LIST_ELEM = 1;
    private static final int NFTA_RULE_EXPRESSIONS = 4;
    private static final int NFTA_RULE_USERDATA = 7;
    private static final int NFTA_SET_ELEM_LIST_ELEMENTS = 3;
    private static final int NFTA_SET_ELEM_KEY = 1;
    private static final int NFTA_SET_ELEM_DATA = 2;
    private static final int NFTA_SET_ELEM_FLAGS = 3;
    private static final int NFT_SET_MAP = 0x8;
    private static final int NFT_SET_ELEM_INTERVAL_END = 1;
    private static final int NFT_OBJECT_COUNTER = 1;
    /** The type of a comment in a rule's user data, as nft writes it. */
    private static final int COMMENT = 0;

    /** The list's length has 16 bits. */
    private static final int LIST_BYTES = 56_000;
    /** An element of numbers beside the numbers. */
    private static final int ELEMENT_BYTES = 24;
    /** An element takes some 250 bytes at most: a long key, and a chain's name of 128 (NFT_CHAIN_MAXNAMELEN). */
    private static final int ELEMENTS_PER_MESSAGE = 200;

    private final TableName table;
    private final List<Message> messages = new ArrayList<>();

    OperationWriter(TableName table) {
        this.table = table;
    }

    static List<Message> messages(TableChange change) {
        OperationWriter writer = new OperationWriter(change.table());
        change.operations().forEach(writer::write);
        return writer.messages;
    }

    private void write(Operation operation) {
        switch (operation) {
            case Operation.AddTable _ -> add(new Message(MessageType.NEWTABLE, table, "").text(1, table.name()));
            case Operation.AddChain(var name) -> add(about(MessageType.NEWCHAIN, name, 3));
            case Operation.AddHookedChain(var chain) -> hookedChain(chain);
            case Operation.RemoveRules(var chain) -> add(about(MessageType.DELRULE, chain, 2));
            case Operation.RemoveChain(var name) -> add(about(MessageType.DELCHAIN, name, 3));
            case Operation.AddRules(var chain, var note, var rules) -> rules.forEach(rule -> rule(chain, note, rule));
            case Operation.AddSet(var shape) -> set(shape);
            case Operation.RemoveSet(var name) -> add(about(MessageType.DELSET, name, 2));
            case Operation.AddElements(var set, var elements) -> elements(MessageType.NEWSETELEM, set, elements);
            case Operation.RemoveElements(var set, var elements) -> elements(MessageType.DELSETELEM, set, elements);
            case Operation.ChangeNumbers(var change) -> {
                // The kernel refuses to add another value over one that is there.
                numbers(MessageType.DELSETELEM, change, change.go());
                numbers(MessageType.NEWSETELEM, change, change.come());
            }
            case Operation.AddCounter(var name) -> counter(MessageType.NEWOBJ, name);
            case Operation.RemoveCounter(var name) -> counter(MessageType.DELOBJ, name);
        }
    }

    private void add(Message message) {
        messages.add(message);
    }

    /** @param nameAttribute of what the message is about; the table's is 1 everywhere */
    private Message about(MessageType type, String name, int nameAttribute) {
        return new Message(type, table, name).text(1, table.name()).text(nameAttribute, name);
    }

    private void hookedChain(HookedChain chain) {
        Message message = about(MessageType.NEWCHAIN, chain.name(), 3);
        int hook = message.open(4);
        message.networkNumber(1, chain.hook().number(table.family())).networkNumber(2, chain.priority());
        if (!chain.device().isEmpty()) {
            message.text(3, chain.device());
        }
        message.close(hook);
        message.networkNumber(5, chain.drops() ? 0 : 1);
        add(message.text(7, chain.hook().type()));
    }

    private void rule(String chain, String note, List<Expression> rule) {
        Message message = about(MessageType.NEWRULE, chain, 2);
        int list = message.open(NFTA_RULE_EXPRESSIONS);
        ExpressionWriter writer = new ExpressionWriter(message);
        rule.forEach(writer::write);
        message.close(list);
        if (!note.isEmpty()) {
            byte[] text = (note + "\0").getBytes(StandardCharsets.UTF_8);
            message.bytes(
                    NFTA_RULE_USERDATA,
                    ByteBuffer.allocate(2 + text.length)
                            .put((byte) COMMENT)
                            .put((byte) text.length)
                            .put(text)
                            .array());
        }
        add(message);
    }

    private void set(SetShape shape) {
        int flags = shape.isMap() ? NFT_SET_MAP : 0;
        for (SetShape.Flag flag : shape.flags()) {
            flags |= flag.code();
        }
        Message message = about(MessageType.NEWSET, shape.name(), 2);
        message.networkNumber(3, flags).networkNumber(4, shape.keyCode()).networkNumber(5, shape.keyBytes());
        if (shape.isMap()) {
            message.networkNumber(6, shape.value().code())
                    .networkNumber(7, shape.value().bytes());
        }
        // Wanted by the kernel even when nothing refers to the set by number.
        message.networkNumber(10, messages.size() + 1);
        if (shape.size() > 0) {
            int description = message.open(9);
            message.networkNumber(1, shape.size()).close(description);
        }
        message.bytes(13, byteOrders(shape));
        if (shape.flags().contains(SetShape.Flag.COUNTS)) {
            int expression = message.open(17);
            message.text(1, "counter");
            int data = message.open(2);
            message.close(data);
            message.close(expression);
        }
        add(message);
    }

    /** What nft wants to know before it shows an element: the byte orders of key (type 0) and value (type 1). */
    private static byte[] byteOrders(SetShape shape) {
        ByteBuffer out = ByteBuffer.allocate(2 * (2 + Integer.BYTES)).order(ByteOrder.nativeOrder());
        if (shape.key().size() == 1) {
            out.put((byte) 0)
                    .put((byte) Integer.BYTES)
                    .putInt(shape.key().getFirst().byteOrder());
        }
        if (shape.value() instanceof SetShape.Datum datum) {
            out.put((byte) 1).put((byte) Integer.BYTES).putInt(datum.byteOrder());
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private Message elementsOf(MessageType type, String set) {
        return about(type, set, 2);
    }

    private void elements(MessageType type, String set, List<Element> elements) {
        for (int from = 0; from < elements.size(); from += ELEMENTS_PER_MESSAGE) {
            Message message = elementsOf(type, set);
            int list = message.open(NFTA_SET_ELEM_LIST_ELEMENTS);
            for (Element each : elements.subList(from, Math.min(elements.size(), from + ELEMENTS_PER_MESSAGE))) {
                element(message, each, type == MessageType.NEWSETELEM);
            }
            add(message.close(list));
        }
    }

    private static void element(Message message, Element element, boolean adds) {
        int begin = message.open(NFTA_LIST_ELEM);
        value(message, NFTA_SET_ELEM_KEY, element.key());
        switch (element.content()) {
            case Element.Member _ -> {}
            case Element.End _ -> message.networkNumber(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
            case Element.Data(var value) -> {
                if (adds) {
                    value(message, NFTA_SET_ELEM_DATA, value);
                }
            }
            case Element.Goto(var chain) -> verdict(message, ExpressionWriter.NFT_GOTO, chain, adds);
            case Element.Jump(var chain) -> verdict(message, ExpressionWriter.NFT_JUMP, chain, adds);
        }
        message.close(begin);
    }

    private static void verdict(Message message, int verdict, String chain, boolean adds) {
        if (adds) {
            int data = message.open(NFTA_SET_ELEM_DATA);
            ExpressionWriter.verdict(message, verdict, chain);
            message.close(data);
        }
    }

    private static void value(Message message, int attribute, Octets value) {
        int begin = message.open(attribute);
        message.bytes(ExpressionWriter.NFTA_DATA_VALUE, value.toBytes()).close(begin);
    }

    private void numbers(MessageType type, NumberMap change, int[] rows) {
        int most = LIST_BYTES / (ELEMENT_BYTES + change.rowLength() * Integer.BYTES);
        for (int first = 0; first < rows.length; first += most) {
            Message message = elementsOf(type, change.map());
            int list = message.open(NFTA_SET_ELEM_LIST_ELEMENTS);
            for (int index = first; index < Math.min(first + most, rows.length); index++) {
                int element = message.open(NFTA_LIST_ELEM);
                number(message, NFTA_SET_ELEM_KEY, change.key(rows[index]));
                if (type == MessageType.NEWSETELEM) {
                    row(message, change, rows[index]);
                }
                message.close(element);
            }
            add(message.close(list));
        }
    }

    private static void number(Message message, int attribute, int value) {
        int begin = message.open(attribute);
        message.number(ExpressionWriter.NFTA_DATA_VALUE, value).close(begin);
    }

    private static void row(Message message, NumberMap change, int row) {
        ByteBuffer value =
                ByteBuffer.allocate(change.rowLength() * Integer.BYTES).order(ByteOrder.nativeOrder());
        for (int index = 0; index < change.rowLength(); index++) {
            value.putInt(change.value(row, index));
        }
        int begin = message.open(NFTA_SET_ELEM_DATA);
        message.bytes(ExpressionWriter.NFTA_DATA_VALUE, value.array()).close(begin);
    }

    private void counter(MessageType type, String name) {
        Message message = about(type, name, 2).networkNumber(3, NFT_OBJECT_COUNTER);
        if (type == MessageType.NEWOBJ) {
            int data = message.open(4);
            message.close(data);
        }
        add(message);
    }
}
