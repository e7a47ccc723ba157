// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.netlink.KernelRefused;

/**
 * Changes and reads elements of maps straight in the kernel. libnftables takes three times as long for a change of many
 * elements, and needs about 1 KiB for each of them meanwhile.
 *
 * <p>The socket stays in the namespace in which it was opened. Not for use by several threads at once.
 */
public final class NftablesElements implements AutoCloseable {
    private static final int NFT_MSG_NEWSETELEM = 12;
    private static final int NFT_MSG_GETSETELEM = 13;
    private static final int NFT_MSG_DELSETELEM = 14;
    private static final int NFTA_SET_ELEM_LIST_TABLE = 1;
    private static final int NFTA_SET_ELEM_LIST_SET = 2;
    private static final int NFTA_SET_ELEM_LIST_ELEMENTS = 3;
    private static final int NFTA_LIST_ELEM = 1;
    private static final int NFTA_SET_ELEM_KEY = 1;
    private static final int NFTA_SET_ELEM_DATA = 2;
    private static final int NFTA_DATA_VALUE = 1;
    private static final int NFTA_DATA_VERDICT = 2;
    private static final int NFTA_VERDICT_CODE = 1;
    private static final int NFTA_VERDICT_CHAIN = 2;
    private static final int NFT_GOTO = -4;

    /** An element takes 28 bytes at most if both sides are marks, and the list's length has 16 bits. */
    private static final int MARKS_PER_MESSAGE = 2_000;
    /** A chain's name has 128 bytes at most (NFT_CHAIN_MAXNAMELEN). */
    private static final int GOTOS_PER_MESSAGE = 300;

    private final Nfnetlink kernel;

    private NftablesElements(Nfnetlink kernel) {
        this.kernel = kernel;
    }

    /**
     * Opens a socket in the calling thread's namespace.
     *
     * @throws KernelRefused when the kernel gives none
     */
    public static NftablesElements open() {
        return new NftablesElements(Nfnetlink.open());
    }

    /**
     * Makes changes as one transaction: all of them or none, and no packet sees a part.
     *
     * @param table of family inet
     * @throws KernelRefused when the kernel refuses one of them, as when an element to be removed is not there
     */
    public void change(String table, List<? extends MapChange> changes) {
        kernel.run(messages(table, changes));
    }

    static List<Message> messages(String table, List<? extends MapChange> changes) {
        List<Message> messages = new ArrayList<>();
        for (MapChange change : changes) {
            // The kernel refuses to add another value over one that is there.
            switch (change) {
                case MapChange.Marks marks -> {
                    marks(table, marks, false, marks::goes, messages);
                    marks(table, marks, true, marks::comes, messages);
                }
                case MapChange.Gotos gotos -> {
                    gotos(table, gotos, false, messages);
                    gotos(table, gotos, true, messages);
                }
            }
        }
        return messages;
    }

    private static void marks(
            String table, MapChange.Marks change, boolean adds, IntPredicate concerned, List<Message> messages) {
        int index = 0;
        while (index < change.indices()) {
            Message message = message(table, change.map(), adds);
            int list = message.open(NFTA_SET_ELEM_LIST_ELEMENTS);
            int count = 0;
            for (; index < change.indices() && count < MARKS_PER_MESSAGE; index++) {
                if (concerned.test(index)) {
                    count++;
                    int element = message.open(NFTA_LIST_ELEM);
                    int key = message.open(NFTA_SET_ELEM_KEY);
                    message.number(NFTA_DATA_VALUE, change.key(index)).close(key);
                    if (adds) {
                        int data = message.open(NFTA_SET_ELEM_DATA);
                        message.number(NFTA_DATA_VALUE, change.value(index)).close(data);
                    }
                    message.close(element);
                }
            }
            if (count > 0) {
                messages.add(message.close(list));
            }
        }
    }

    private static void gotos(String table, MapChange.Gotos change, boolean adds, List<Message> messages) {
        List<IpAddress> keys = new ArrayList<>((adds ? change.to() : change.from()).keySet());
        for (int from = 0; from < keys.size(); from += GOTOS_PER_MESSAGE) {
            Message message = message(table, change.map(), adds);
            int list = message.open(NFTA_SET_ELEM_LIST_ELEMENTS);
            for (IpAddress address : keys.subList(from, Math.min(keys.size(), from + GOTOS_PER_MESSAGE))) {
                int element = message.open(NFTA_LIST_ELEM);
                int key = message.open(NFTA_SET_ELEM_KEY);
                message.bytes(NFTA_DATA_VALUE, address.toBytes()).close(key);
                if (adds) {
                    int data = message.open(NFTA_SET_ELEM_DATA);
                    int verdict = message.open(NFTA_DATA_VERDICT);
                    message.networkNumber(NFTA_VERDICT_CODE, NFT_GOTO);
                    message.text(NFTA_VERDICT_CHAIN, change.to().getOrDefault(address, ""))
                            .close(verdict);
                    message.close(data);
                }
                message.close(element);
            }
            messages.add(message.close(list));
        }
    }

    private static Message message(String table, String map, boolean adds) {
        Message message = adds
                ? new Message("NFT_MSG_NEWSETELEM", table + " " + map, NFT_MSG_NEWSETELEM)
                : new Message("NFT_MSG_DELSETELEM", table + " " + map, NFT_MSG_DELSETELEM);
        return message.text(NFTA_SET_ELEM_LIST_TABLE, table).text(NFTA_SET_ELEM_LIST_SET, map);
    }

    /**
     * Reads a map of type {@code mark : mark}.
     *
     * @param table of family inet
     * @param firstKey the key of index 0 of the result
     * @param size of the result; other keys are passed over
     * @return the value of each key, its lower 16 bits; 0 where there is none, or no such map
     */
    public char[] marks(String table, String map, int firstKey, int size) {
        char[] values = new char[size];
        Message question = new Message("NFT_MSG_GETSETELEM", table + " " + map, NFT_MSG_GETSETELEM)
                .text(NFTA_SET_ELEM_LIST_TABLE, table)
                .text(NFTA_SET_ELEM_LIST_SET, map);
        kernel.dump(question, NFT_MSG_NEWSETELEM, () -> Arrays.fill(values, (char) 0), message -> {
            for (Attribute list : message) {
                if (list.type() == NFTA_SET_ELEM_LIST_ELEMENTS) {
                    list.nested().forEach(element -> read(element, firstKey, values));
                }
            }
        });
        return values;
    }

    private static void read(Attribute element, int firstKey, char[] values) {
        int key = 0;
        int value = 0;
        for (Attribute each : element.nested()) {
            switch (each.type()) {
                case NFTA_SET_ELEM_KEY -> key = value(each);
                case NFTA_SET_ELEM_DATA -> value = value(each);
                default -> {}
            }
        }
        int index = key - firstKey;
        if (index >= 0 && index < values.length) {
            values[index] = (char) value;
        }
    }

    private static int value(Attribute data) {
        return data.nested().stream()
                .filter(each -> each.type() == NFTA_DATA_VALUE)
                .mapToInt(Attribute::number)
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
