// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A set, or a map when it has values.
 *
 * @param key parts of a key, each in registers of its own
 * @param flags how it is used; decides which data structure the kernel takes
 * @param size the most elements that it will have, 0 when nobody knows
 */
public record SetShape(String name, List<Datum> key, Value value, Set<Flag> flags, int size) {
    /** What an element means; for whoever lists the table with nft. */
    public enum Datum implements Value {
        IPV4(7, 4),
        IPV6(8, 16),
        /** Transport protocol, 1 byte. */
        PROTOCOL(12, 1),
        /** Type of an ICMP message, 1 byte. */
        ICMP_TYPE(14, 1),
        /** Transport port, 2 bytes in network byte order. */
        PORT(13, 2),
        /** A number of 4 bytes in the machine's byte order. */
        MARK(19, 4),
        /** 8 numbers of 4 bytes in the machine's byte order; for nft one large number. */
        ROW(4, 32);

        private final int code;
        private final int bytes;

        Datum(int code, int bytes) {
            this.code = code;
            this.bytes = bytes;
        }

        @Override
        public int code() {
            return code;
        }

        @Override
        public int bytes() {
            return bytes;
        }

        /** nft's number of the machine's byte order or of network byte order. */
        int byteOrder() {
            return this == MARK || this == ROW ? 1 : 2;
        }
    }

    /** What the elements of a map have. */
    public sealed interface Value {
        /** NFT_DATA_VERDICT, or nft's number of the type. */
        int code();

        int bytes();
    }

    /** What elements have that is no datum. */
    public enum Other implements Value {
        /** Nothing: a set. */
        NOTHING(0, 0),
        /** Where to go on. */
        VERDICT(0xFFFFFF00, 16);

        private final int code;
        private final int bytes;

        Other(int code, int bytes) {
            this.code = code;
            this.bytes = bytes;
        }

        @Override
        public int code() {
            return code;
        }

        @Override
        public int bytes() {
            return bytes;
        }
    }

    /** How it is used. */
    public enum Flag {
        /** Elements are ranges of keys. */
        INTERVAL(0x4),
        /** Elements live for a time. */
        TIMEOUT(0x10),
        /** Packets put elements in and take them out. */
        DYNAMIC(0x20),
        /** Elements count the packets that find them. */
        COUNTS(0);

        private final int code;

        Flag(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    private static final int TYPE_BITS = 6;

    public SetShape {
        key = List.copyOf(key);
        Set<Flag> copy = EnumSet.noneOf(Flag.class);
        copy.addAll(flags);
        flags = Collections.unmodifiableSet(copy);
    }

    /** A map whose values are verdicts. */
    public static SetShape verdicts(String name, List<Datum> key, int size, Flag... flags) {
        return new SetShape(name, key, Other.VERDICT, Set.of(flags), size);
    }

    boolean isMap() {
        return value != Other.NOTHING;
    }

    /** Bytes of a key; only a single part is not padded. */
    int keyBytes() {
        return key.size() == 1
                ? key.getFirst().bytes()
                : key.stream()
                        .mapToInt(part -> new Register(0).after(part.bytes()).number() * Octets.WORD_BYTES)
                        .sum();
    }

    /** nft's number of a type that has parts. */
    int keyCode() {
        int code = 0;
        for (Datum part : key) {
            code = code << TYPE_BITS | part.code();
        }
        return code;
    }

    @Override
    public String toString() {
        return name + ": " + key.stream().map(Datum::name).collect(Collectors.joining(" "))
                + (isMap() ? " → " + value : "")
                + (flags.isEmpty() ? "" : " " + flags)
                + (size == 0 ? "" : ", " + size + " at most");
    }
}
