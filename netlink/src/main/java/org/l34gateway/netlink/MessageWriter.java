// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds one netlink message: header, fixed part, attributes padded to 4 bytes. Numbers are written little-endian,
 * which is the byte order of both supported machines (x86-64, aarch64).
 */
final class MessageWriter {
    private byte[] bytes = new byte[256];
    private int length;

    MessageWriter(int type, int flags, int sequence) {
        u32(0).u16(type).u16(flags).u32(sequence).u32(0);
    }

    MessageWriter u8(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
        return this;
    }

    MessageWriter u16(int value) {
        return u8(value).u8(value >>> 8);
    }

    MessageWriter u32(int value) {
        return u16(value).u16(value >>> 16);
    }

    MessageWriter attribute(int type, byte[] value) {
        u16(4 + value.length).u16(type);
        ensure(value.length + 3);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return pad();
    }

    MessageWriter attributeU32(int type, int value) {
        return u16(8).u16(type).u32(value);
    }

    /** A string with its terminating zero. */
    MessageWriter attributeText(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return attribute(type, Arrays.copyOf(text, text.length + 1));
    }

    /** Starts an attribute that holds attributes; give the result to {@link #close}. */
    int open(int type) {
        int start = length;
        u16(0).u16(type);
        return start;
    }

    void close(int start) {
        patchU16(start, length - start);
        pad();
    }

    void patchU16(int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >>> 8);
    }

    int length() {
        return length;
    }

    /** The message with its length filled in; valid until the next write. */
    byte[] finish() {
        patchU16(0, length);
        patchU16(2, length >>> 16);
        return bytes;
    }

    private MessageWriter pad() {
        while ((length & 3) != 0) {
            u8(0);
        }
        return this;
    }

    private void ensure(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
