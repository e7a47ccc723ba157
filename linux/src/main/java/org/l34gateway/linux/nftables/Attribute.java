// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A received netlink attribute (struct nlattr).
 *
 * @param type without the bits that say "nested" and "network byte order"
 * @param content its bytes without header and padding
 */
record Attribute(int type, ByteBuffer content) {
    static final int HEADER_BYTES = 4;
    private static final int TYPE = 0x3FFF;

    /** What is in a part of a message, from its position on; one that is malformed is cut where the part ends. */
    static List<Attribute> in(ByteBuffer part) {
        List<Attribute> found = new ArrayList<>();
        while (part.remaining() >= HEADER_BYTES) {
            int length = part.getShort(part.position()) & 0xFFFF;
            int type = part.getShort(part.position() + 2) & TYPE;
            found.add(new Attribute(
                    type, take(part, length).position(HEADER_BYTES).slice().order(ByteOrder.nativeOrder())));
        }
        return found;
    }

    /** The next {@code length} bytes, and on to the next multiple of 4; never beyond the end, and always forward. */
    static ByteBuffer take(ByteBuffer from, int length) {
        int taken = Math.clamp(length, HEADER_BYTES, from.remaining());
        ByteBuffer part = from.slice(from.position(), taken).order(ByteOrder.nativeOrder());
        from.position(from.position() + Math.min((taken + 3) & ~3, from.remaining()));
        return part;
    }

    List<Attribute> nested() {
        return in(content.duplicate().order(ByteOrder.nativeOrder()));
    }

    /** A string with its terminating zero. */
    String text() {
        byte[] bytes = new byte[Math.max(0, content.limit() - 1)];
        content.get(0, bytes);
        return new String(bytes, UTF_8);
    }

    /** A number in the machine's byte order, as packet marks are; 0 when there are too few bytes. */
    int number() {
        return content.limit() >= Integer.BYTES ? content.getInt(0) : 0;
    }
}
