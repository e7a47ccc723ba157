// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A message to nf_tables: header, struct nfgenmsg, attributes. */
final class Message {
    private static final int NFPROTO_UNSPEC = 0;
    private static final int HEADER_BYTES = 20;
    private static final int NESTED = 0x8000;

    private final String name;
    private final String about;
    private final int flags;
    private ByteBuffer out;

    /**
     * Without attributes yet.
     *
     * @param type what it asks for
     * @param table what it is about
     * @param about what in the table it is about, for errors
     */
    Message(MessageType type, TableName table, String about) {
        this.name = "NFT_MSG_" + type;
        this.about = (table + " " + about).strip();
        this.flags = type.flags();
        this.out = allocate(1 << 8);
        header(out, Nfnetlink.type(type), table.family().code(), 0);
    }

    /** The message that begins or ends a batch. */
    static byte[] mark(int type, int subsystem, int sequence) {
        ByteBuffer mark = allocate(HEADER_BYTES);
        header(mark, type, NFPROTO_UNSPEC, subsystem);
        return finished(mark, 1, sequence);
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    private static void header(ByteBuffer out, int type, int family, int resource) {
        out.putInt(0).putShort((short) type).putShort((short) 0).putInt(0).putInt(0);
        // The resource is in network byte order.
        out.put((byte) family).put((byte) 0).put((byte) (resource >>> 8)).put((byte) resource);
    }

    String name() {
        return name;
    }

    String about() {
        return about;
    }

    /** Netlink flags of a request of this type in a batch. */
    int flags() {
        return flags;
    }

    /** A string with its terminating zero. */
    Message text(int type, String value) {
        return bytes(type, (value + "\0").getBytes(UTF_8));
    }

    Message bytes(int type, byte[] value) {
        ensure(Attribute.HEADER_BYTES + value.length + 3);
        out.putShort((short) (Attribute.HEADER_BYTES + value.length)).putShort((short) type);
        out.put(value);
        pad();
        return this;
    }

    /** A number in the machine's byte order, as packet marks are. */
    Message number(int type, int value) {
        ensure(Attribute.HEADER_BYTES + Integer.BYTES);
        out.putShort((short) (Attribute.HEADER_BYTES + Integer.BYTES)).putShort((short) type);
        out.putInt(value);
        return this;
    }

    /** A number in network byte order, as everything is that is no packet's. */
    Message networkNumber(int type, int value) {
        return number(type, ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value));
    }

    /** A number of 8 bytes in network byte order. */
    Message networkLong(int type, long value) {
        return bytes(type, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /** Begins an attribute that holds attributes; give the result to {@link #close}. Its length must fit 16 bits. */
    int open(int type) {
        ensure(Attribute.HEADER_BYTES);
        int start = out.position();
        out.putShort((short) 0).putShort((short) (type | NESTED));
        return start;
    }

    Message close(int start) {
        int length = out.position() - start;
        if (length > 0xFFFF) {
            throw new IllegalStateException(name + ": an attribute of " + length + " bytes");
        }
        out.putShort(start, (short) length);
        return this;
    }

    /** As it goes to the kernel. */
    byte[] bytes(int flags, int sequence) {
        return finished(out, flags, sequence);
    }

    private static byte[] finished(ByteBuffer message, int flags, int sequence) {
        message.putInt(0, message.position());
        message.putShort(6, (short) flags);
        message.putInt(8, sequence);
        byte[] bytes = new byte[message.position()];
        message.get(0, bytes);
        return bytes;
    }

    private void pad() {
        while ((out.position() & 3) != 0) {
            out.put((byte) 0);
        }
    }

    private void ensure(int more) {
        if (out.remaining() < more) {
            out = allocate(2 * out.capacity() + more).put(out.flip());
        }
    }
}
