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

    /** The texts of the attributes to which a path of types leads. */
    List<String> texts(List<Integer> path) {
        if (path.isEmpty()) {
            return List.of(text());
        }
        return nested().stream()
                .filter(each -> each.type() == path.getFirst())
                .flatMap(each -> each.texts(path.subList(1, path.size())).stream())
                .toList();
    }

    /** The first attribute in this one; an empty one when there is none. */
    Attribute first() {
        List<Attribute> nested = nested();
        return nested.isEmpty() ? new Attribute(0, ByteBuffer.allocate(0)) : nested.getFirst();
    }

    /** The number in the first attribute in this one, in the machine's byte order; 0 when there are too few bytes. */
    int firstNumber() {
        int at = HEADER_BYTES;
        return content.limit() >= at + Integer.BYTES ? content.getInt(at) : 0;
    }

    /** The numbers that it has, in the machine's byte order; 0 when there are too few bytes. */
    int[] numbers(int count) {
        int[] numbers = new int[count];
        for (int i = 0; i < count && (i + 1) * Integer.BYTES <= content.limit(); i++) {
            numbers[i] = content.getInt(i * Integer.BYTES);
        }
        return numbers;
    }

    /** Without its first bytes. */
    Attribute after(int bytes) {
        int from = Math.min(bytes, content.limit());
        return new Attribute(type, content.slice(from, content.limit() - from).order(ByteOrder.nativeOrder()));
    }

    /** All of it. */
    Octets value() {
        byte[] bytes = new byte[content.limit()];
        content.get(0, bytes);
        return Octets.of(bytes);
    }

    /** A string with its terminating zero. */
    String text() {
        byte[] bytes = new byte[Math.max(0, content.limit() - 1)];
        content.get(0, bytes);
        return new String(bytes, UTF_8);
    }

    /** A number in network byte order, as everything is that is no packet's; 0 when there are too few bytes. */
    int networkNumber() {
        return content.limit() >= Integer.BYTES
                ? content.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(0)
                : 0;
    }

    /** A number of 8 bytes in network byte order; 0 when there are too few bytes. */
    long networkLong() {
        return content.limit() >= Long.BYTES
                ? content.duplicate().order(ByteOrder.BIG_ENDIAN).getLong(0)
                : 0;
    }
}
