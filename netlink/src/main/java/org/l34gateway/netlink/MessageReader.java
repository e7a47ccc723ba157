// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpFamily;

/** A view of a part of a received datagram. Reading beyond the end gives zeros, so a short message is no crash. */
final class MessageReader {
    private final byte[] bytes;
    private final int from;
    private final int length;

    MessageReader(byte[] bytes, int from, int length) {
        this.bytes = bytes;
        this.from = from;
        this.length = Math.max(0, Math.min(length, bytes.length - from));
    }

    static @Nullable IpFamily family(int addressFamily) {
        return switch (addressFamily) {
            case 2 -> IpFamily.IPV4;
            case 10 -> IpFamily.IPV6;
            default -> null;
        };
    }

    int length() {
        return length;
    }

    int u8(int at) {
        return at >= 0 && at < length ? bytes[from + at] & 0xFF : 0;
    }

    int u16(int at) {
        return u8(at) | u8(at + 1) << 8;
    }

    int u32(int at) {
        return u16(at) | u16(at + 2) << 16;
    }

    byte[] copy(int at, int count) {
        int start = Math.min(at, length);
        int end = Math.min(start + Math.max(0, count), length);
        return Arrays.copyOfRange(bytes, from + start, from + end);
    }

    MessageReader part(int at, int count) {
        int start = Math.min(at, length);
        return new MessageReader(bytes, from + start, Math.min(Math.max(0, count), length - start));
    }

    /** The attributes after a fixed part of {@code at} bytes; a malformed one ends the list. */
    List<Attribute> attributesAfter(int at) {
        List<Attribute> found = new ArrayList<>();
        int next = at;
        while (next + 4 <= length) {
            int size = u16(next);
            if (size < 4 || next + size > length) {
                break;
            }
            // The two top bits say "nested" and "network byte order", not what it is.
            found.add(new Attribute(u16(next + 2) & 0x3FFF, part(next + 4, size - 4)));
            next += (size + 3) & ~3;
        }
        return found;
    }
}
