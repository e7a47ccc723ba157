// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/**
 * Lists the rules of an nftables table straight from the kernel (nfnetlink, linux/netfilter/nf_tables.h).
 *
 * <p>libnftables 1.0.6 fetches every element of every set before it lists one rule, also when it is told to be terse: seconds
 * and tens of megabytes with large maps. This asks for the rules alone, and reads only what they refer to. The socket stays in
 * the namespace in which it was opened. Not for use by several threads at once.
 */
public final class NftablesRules implements AutoCloseable {
    private static final int NETLINK_NETFILTER = 12;
    private static final int NFPROTO_INET = 1;
    private static final int NFT_MSG_NEWRULE = (10 << 8) | 6;
    private static final int NFT_MSG_GETRULE = (10 << 8) | 7;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_DUMP = 0x300;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int HEADER_BYTES = 16;
    private static final int NFGENMSG_BYTES = 4;
    private static final int ATTRIBUTE_TYPE = 0x3FFF; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
    private static final int TRIES = 10;

    private final int fd;
    private final byte[] buffer = new byte[1 << 16];
    private int sequence;

    private NftablesRules(int fd) {
        this.fd = fd;
    }

    /**
     * What a rule refers to.
     *
     * @param chain the chain that it is in
     * @param goes chains that it jumps or goes to
     * @param looks sets and maps that it looks into
     */
    public record Rule(String chain, List<String> goes, List<String> looks) {
        public Rule {
            goes = List.copyOf(goes);
            looks = List.copyOf(looks);
        }
    }

    /**
     * Opens a socket in the calling thread's namespace.
     *
     * @throws KernelRefused when the kernel gives none
     */
    public static NftablesRules open() {
        int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NETLINK_NETFILTER);
        if (fd < 0) {
            throw new KernelRefused("socket", "NETLINK_NETFILTER", -fd);
        }
        return new NftablesRules(fd);
    }

    /** The rules of a table of family inet, chain by chain in their order; none when there is no such table. */
    public List<Rule> list(String table) {
        for (int i = 0; i < TRIES; i++) {
            request(table);
            List<Rule> rules = new ArrayList<>();
            if (collect(table, rules)) {
                return rules;
            }
        }
        throw new KernelRefused("NFT_MSG_GETRULE", table + ", which changed " + TRIES + " times", Errno.EAGAIN);
    }

    private void request(String table) {
        sequence++;
        byte[] name = (table + "\0").getBytes(UTF_8);
        int length = HEADER_BYTES + NFGENMSG_BYTES + 4 + ((name.length + 3) & ~3);
        ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        out.putInt(length).putShort((short) NFT_MSG_GETRULE).putShort((short) (NLM_F_REQUEST | NLM_F_DUMP));
        out.putInt(sequence).putInt(0);
        out.put((byte) NFPROTO_INET).put((byte) 0).putShort((short) 0);
        out.putShort((short) (4 + name.length)).putShort((short) 1).put(name); // NFTA_RULE_TABLE
        int sent = Libc.send(fd, out.array(), length);
        if (sent < 0) {
            throw new KernelRefused("NFT_MSG_GETRULE", table, -sent);
        }
    }

    /** Reads until the end of a list. False when the rules changed meanwhile and must be asked for again. */
    private boolean collect(String table, List<Rule> rules) {
        boolean consistent = true;
        while (true) {
            int received = Libc.recv(fd, buffer);
            if (received == -Errno.EINTR) {
                continue;
            }
            if (received < 0) {
                throw new KernelRefused("NFT_MSG_GETRULE", table, -received);
            }
            ByteBuffer datagram = ByteBuffer.wrap(buffer, 0, received).order(ByteOrder.nativeOrder());
            while (datagram.remaining() >= HEADER_BYTES) {
                ByteBuffer message = take(datagram, datagram.getInt(datagram.position()));
                int type = message.getShort(4) & 0xFFFF;
                if (message.getInt(8) != sequence) {
                    continue; // the rest of a list that was given up
                }
                consistent &= (message.getShort(6) & NLM_F_DUMP_INTR) == 0;
                if (type == NLMSG_DONE || type == NLMSG_ERROR) {
                    int errno = message.limit() >= HEADER_BYTES + 4 ? -message.getInt(HEADER_BYTES) : 0;
                    if (errno != 0 && errno != Errno.ENOENT) {
                        throw new KernelRefused("NFT_MSG_GETRULE", table, errno);
                    }
                    return consistent;
                }
                if (type == NFT_MSG_NEWRULE) {
                    rules.add(rule(message.position(HEADER_BYTES + NFGENMSG_BYTES)));
                }
            }
        }
    }

    private static Rule rule(ByteBuffer attributes) {
        String chain = "";
        List<String> goes = new ArrayList<>();
        List<String> looks = new ArrayList<>();
        while (attributes.remaining() >= 4) {
            ByteBuffer each = attribute(attributes);
            switch (type(each)) {
                case 2 -> chain = text(each); // NFTA_RULE_CHAIN
                case 4 -> expressions(content(each), goes, looks); // NFTA_RULE_EXPRESSIONS
                default -> {}
            }
        }
        return new Rule(chain, goes, looks);
    }

    private static void expressions(ByteBuffer list, List<String> goes, List<String> looks) {
        while (list.remaining() >= 4) {
            ByteBuffer expression = content(attribute(list)); // NFTA_LIST_ELEM
            String name = "";
            while (expression.remaining() >= 4) {
                ByteBuffer each = attribute(expression);
                if (type(each) == 1) { // NFTA_EXPR_NAME
                    name = text(each);
                } else if (type(each) == 2 && name.equals("lookup")) { // NFTA_EXPR_DATA, NFTA_LOOKUP_SET
                    texts(content(each), new int[] {1}, looks);
                } else if (type(each) == 2 && name.equals("immediate")) {
                    // NFTA_IMMEDIATE_DATA, NFTA_DATA_VERDICT, NFTA_VERDICT_CHAIN
                    texts(content(each), new int[] {2, 2, 2}, goes);
                }
            }
        }
    }

    /** Adds the texts of the attributes that a path of types leads to. */
    private static void texts(ByteBuffer attributes, int[] path, List<String> found) {
        while (attributes.remaining() >= 4) {
            ByteBuffer each = attribute(attributes);
            if (type(each) == path[0] && path.length == 1) {
                found.add(text(each));
            } else if (type(each) == path[0]) {
                texts(content(each), Arrays.copyOfRange(path, 1, path.length), found);
            }
        }
    }

    private static int type(ByteBuffer attribute) {
        return attribute.getShort(2) & ATTRIBUTE_TYPE;
    }

    private static ByteBuffer content(ByteBuffer attribute) {
        return attribute.position(4).slice().order(ByteOrder.nativeOrder());
    }

    private static String text(ByteBuffer attribute) {
        byte[] bytes = new byte[Math.max(0, attribute.limit() - 5)]; // without the terminating zero
        attribute.get(4, bytes);
        return new String(bytes, UTF_8);
    }

    private static ByteBuffer attribute(ByteBuffer attributes) {
        return take(attributes, attributes.getShort(attributes.position()) & 0xFFFF);
    }

    /** The next {@code length} bytes, and on to the next multiple of 4; never beyond the end, and always forward. */
    private static ByteBuffer take(ByteBuffer from, int length) {
        int taken = Math.clamp(length, 4, from.remaining());
        ByteBuffer part = from.slice(from.position(), taken).order(ByteOrder.nativeOrder());
        from.position(from.position() + Math.min((taken + 3) & ~3, from.remaining()));
        return part;
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
