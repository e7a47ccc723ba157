// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.Locale;
import org.l34gateway.ip.IpFamily;

/**
 * An instruction of the kernel's nf_tables machine (linux/netfilter/nf_tables.h). A rule is a list of them: the first that
 * does not match ends the rule, a verdict ends the chain. Their texts are for humans and for names of chains.
 */
public sealed interface Expression {
    /** Where in a packet an offset begins. */
    enum Header {
        /** The IPv4 or IPv6 header. */
        NETWORK(1),
        /** What follows it and its extensions. Rules that read it do not match fragments other than the first. */
        TRANSPORT(2);

        private final int code;

        Header(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** What the kernel knows about a packet. */
    enum Meta {
        /** Bytes from the network header on, 4 bytes in the machine's order. */
        LENGTH(0, "length"),
        /** EtherType, 2 bytes as in the packet. */
        PROTOCOL(1, "protocol"),
        /** Packet mark, 4 bytes in the machine's order. */
        MARK(3, "mark"),
        /** Index of the interface on which it came, 4 bytes in the machine's order. */
        INPUT_INDEX(4, "iif"),
        /** Index of the interface by which it leaves, 4 bytes in the machine's order. */
        OUTPUT_INDEX(5, "oif"),
        /** NFPROTO_IPV4 or NFPROTO_IPV6, 1 byte. */
        FAMILY(15, "nfproto"),
        /** The transport protocol, behind all extension headers of IPv6, 1 byte. */
        TRANSPORT(16, "l4proto");

        private final int code;
        private final String text;

        Meta(int code, String text) {
            this.code = code;
            this.text = text;
        }

        int code() {
            return code;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** How bytes are compared: as one number in network byte order. */
    enum Comparison {
        EQUAL(0, "=="),
        NOT_EQUAL(1, "!="),
        LESS(2, "<"),
        LESS_OR_EQUAL(3, "<="),
        GREATER(4, ">"),
        GREATER_OR_EQUAL(5, ">=");

        private final int code;
        private final String text;

        Comparison(int code, String text) {
            this.code = code;
            this.text = text;
        }

        int code() {
            return code;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** What becomes of an element. */
    enum Change {
        /** It is put in unless it is there. */
        ADD(0),
        /** It is put in, or its time begins anew. */
        UPDATE(1),
        /** It goes. */
        DELETE(2);

        private final int code;

        Change(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** What becomes of the packet. */
    sealed interface Verdict extends Expression {}

    /** The chain of a hook ends; the next hook goes on. */
    record Accept() implements Verdict {
        @Override
        public String toString() {
            return "accept";
        }
    }

    /** The packet is gone. */
    record Drop() implements Verdict {
        @Override
        public String toString() {
            return "drop";
        }
    }

    /** Back to the chain that jumped here. */
    record Return() implements Verdict {
        @Override
        public String toString() {
            return "return";
        }
    }

    /** On with another chain, from which nobody comes back. */
    record Goto(String chain) implements Verdict {
        @Override
        public String toString() {
            return "goto " + chain;
        }
    }

    /** On with another chain; at its end back to the next rule. */
    record Jump(String chain) implements Verdict {
        @Override
        public String toString() {
            return "jump " + chain;
        }
    }

    /** Reads a packet. Does not match when the packet is too short. */
    record Load(Register to, Header header, int offset, int length) implements Expression {
        @Override
        public String toString() {
            return to + " = " + header.name().toLowerCase(Locale.ROOT) + "[" + offset + "," + length + "]";
        }
    }

    /** Reads what the kernel knows. */
    record LoadMeta(Register to, Meta key) implements Expression {
        @Override
        public String toString() {
            return to + " = " + key;
        }
    }

    /** Sets the packet mark. */
    record SetMark(Register from) implements Expression {
        @Override
        public String toString() {
            return "mark = " + from;
        }
    }

    /** A constant. */
    record Constant(Register to, Octets value) implements Expression {
        @Override
        public String toString() {
            return to + " = " + value;
        }
    }

    /** Matches when the comparison is true. */
    record Compare(Register what, Comparison how, Octets value) implements Expression {
        @Override
        public String toString() {
            return what + " " + how + " " + value;
        }
    }

    /** Matches numbers in network byte order from the first to the last; both of the same length. */
    record Within(Register what, Octets first, Octets last) implements Expression {
        @Override
        public String toString() {
            return what + " in " + first + "-" + last;
        }
    }

    /** Bit by bit: {@code from & mask ^ xor}; all of the same length. */
    record Mask(Register to, Register from, Octets mask, Octets xor) implements Expression {
        @Override
        public String toString() {
            return to + " = " + from + " & " + mask
                    + (xor.equals(Octets.of(new byte[xor.length()])) ? "" : " ^ " + xor);
        }
    }

    /** The register as a number in the machine's byte order, by 1..31 bits to the right. */
    record ShiftRight(Register to, Register from, int bits) implements Expression {
        @Override
        public String toString() {
            return to + " = " + from + " >> " + bits;
        }
    }

    /**
     * Turns parts of a register between network byte order and the machine's.
     *
     * @param partBytes 2 or 4: how long each part is
     */
    record Swap(Register to, Register from, int partBytes) implements Expression {
        @Override
        public String toString() {
            return to + " = swap" + partBytes + "(" + from + ")";
        }
    }

    /** Jenkins hash of {@code length} bytes from a register on, scaled: {@code offset + (hash * modulus >> 32)}, in the machine's order. */
    record Hash(Register to, Register from, int length, int modulus, int seed, int offset) implements Expression {
        @Override
        public String toString() {
            return to + " = jhash(" + from + "," + length + ") mod " + modulus + " seed 0x" + Integer.toHexString(seed)
                    + (offset == 0 ? "" : " offset " + offset);
        }
    }

    /** Matches when a set has the key. */
    record InSet(String set, Register key) implements Expression {
        @Override
        public String toString() {
            return key + " in @" + set;
        }
    }

    /** Matches when a set does not have the key. */
    record NotInSet(String set, Register key) implements Expression {
        @Override
        public String toString() {
            return key + " not in @" + set;
        }
    }

    /** What a map has for the key; does not match when that is nothing. */
    record Lookup(Register to, String map, Register key) implements Expression {
        @Override
        public String toString() {
            return to + " = @" + map + "[" + key + "]";
        }
    }

    /** The verdict that a map has for the key; does not match when there is none. */
    record LookupVerdict(String map, Register key) implements Expression {
        @Override
        public String toString() {
            return "vmap @" + map + "[" + key + "]";
        }
    }

    /**
     * Changes a map of flag {@link SetShape.Flag#DYNAMIC} from the path of packets. Does not match when the element is not
     * there or there is no room.
     *
     * @param timeoutMillis how long the element lives
     */
    record ChangeMap(Change change, String map, Register key, Register value, long timeoutMillis)
            implements Expression {
        @Override
        public String toString() {
            return change.name().toLowerCase(Locale.ROOT) + " @" + map + "[" + key + "]"
                    + (change == Change.DELETE ? "" : " = " + value + " for " + timeoutMillis + " ms");
        }
    }

    /** Counts in an object that outlives the rule. */
    record Count(String counter) implements Expression {
        @Override
        public String toString() {
            return "count " + counter;
        }
    }

    /** Counts in the rule. */
    record CountHere() implements Expression {
        @Override
        public String toString() {
            return "count";
        }
    }

    /** No connection is tracked for the packet. */
    record NoTrack() implements Expression {
        @Override
        public String toString() {
            return "notrack";
        }
    }

    /**
     * Sends the packet to a neighbour, past routing: one hop less, no look at the MTU. Only in tables of family netdev.
     *
     * @param address the neighbour's
     * @param device index of the interface, in the machine's order
     */
    record Forward(IpFamily family, Register address, Register device) implements Expression {
        @Override
        public String toString() {
            return "forward " + family + " to " + address + " by " + device;
        }
    }

    /**
     * Gives the packet to a local socket. As long as a rule has this, the kernel puts fragments of both families together
     * before prerouting, whether the rule ever matches or not.
     *
     * @param port 2 bytes as in packets
     */
    record ToLocalSocket(Register port) implements Expression {
        @Override
        public String toString() {
            return "tproxy to port " + port;
        }
    }
}
