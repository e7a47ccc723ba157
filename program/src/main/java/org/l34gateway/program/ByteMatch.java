// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.Locale;

/**
 * A number in a packet's transport header that must have a value: the bytes, in network byte order, {@code & mask == value}.
 * Numbers are unsigned, so they are {@code long}.
 *
 * @param protocol whose header it is
 * @param offset of the first byte in it
 * @param length 1, 2 or 4 bytes, all within {@link Protocol#headerBytes}
 * @param mask which bits count, at least one
 * @param value of these bits; all others are 0
 */
public record ByteMatch(Protocol protocol, int offset, int length, long mask, long value) {
    /** @throws IllegalArgumentException when it reaches beyond the header or no packet could match; the message says why */
    public ByteMatch {
        if (length != 1 && length != 2 && length != 4) {
            throw new IllegalArgumentException("want a length of 1, 2 or 4, got " + length);
        }
        if (offset < 0 || offset > protocol.headerBytes() - length) {
            throw new IllegalArgumentException("bytes " + offset + "-" + (offset + length - 1)
                    + " are not in a header of " + protocol + ", which has " + protocol.headerBytes() + " bytes");
        }
        if (mask <= 0 || mask > all(length)) {
            throw new IllegalArgumentException(
                    "the mask must be 0x1-0x" + Long.toHexString(all(length)) + ", got 0x" + Long.toHexString(mask));
        }
        if (value < 0 || (value & ~mask) != 0) {
            throw new IllegalArgumentException("the value 0x" + Long.toHexString(value)
                    + " has bits outside the mask 0x" + Long.toHexString(mask));
        }
    }

    /** The mask that takes all bits of this many bytes. */
    public static long all(int length) {
        return (1L << (Byte.SIZE * length)) - 1;
    }

    /** Whether every bit counts. */
    public boolean isWhole() {
        return mask == all(length);
    }

    /** Whether a header has the value. One that ends before it does not. */
    public boolean matches(TransportHeader header) {
        return offset + length <= header.length() && (header.number(offset, length) & mask) == value;
    }

    /** Whether no header can have both values. */
    public boolean contradicts(ByteMatch other) {
        for (int at = Math.max(offset, other.offset); at < Math.min(end(), other.end()); at++) {
            if ((byteOf(mask, at) & other.byteOf(other.mask, at) & (byteOf(value, at) ^ other.byteOf(other.value, at)))
                    != 0) {
                return true;
            }
        }
        return false;
    }

    private int end() {
        return offset + length;
    }

    private int byteOf(long number, int at) {
        return (int) (number >>> (Byte.SIZE * (end() - 1 - at))) & 0xFF;
    }

    /** {@code tcp[13:1] & 0x2 = 0x2}, as an L34Route has it. */
    @Override
    public String toString() {
        String where = protocol.name().toLowerCase(Locale.ROOT) + "[" + offset + ":" + length + "]";
        return where + (isWhole() ? "" : " & 0x" + Long.toHexString(mask)) + " = 0x" + Long.toHexString(value);
    }
}
