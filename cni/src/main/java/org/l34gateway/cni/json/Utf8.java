// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.json;

import java.nio.charset.StandardCharsets;

/** UTF-8 (RFC 3629) that refuses what is none, where the JDK would put replacement characters. */
public final class Utf8 {
    private Utf8() {}

    /**
     * Turns bytes into text.
     *
     * @throws JsonRefused for overlong forms, surrogates, values beyond U+10FFFF and cut sequences
     */
    public static String decode(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        int at = 0;
        while (at < bytes.length) {
            int first = bytes[at] & 0xFF;
            int more =
                    first < 0x80 ? 0 : first < 0xC2 ? -1 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF5 ? 3 : -1;
            if (more < 0 || at + more >= bytes.length) {
                throw new JsonRefused("not UTF-8", text.length());
            }
            int value = more == 0 ? first : first & (0x3F >> more);
            for (int i = 1; i <= more; i++) {
                int next = bytes[at + i] & 0xFF;
                if (next >> 6 != 2) {
                    throw new JsonRefused("not UTF-8", text.length());
                }
                value = value << 6 | (next & 0x3F);
            }
            boolean overlong = (more == 2 && value < 0x800) || (more == 3 && value < 0x10000);
            boolean surrogate = value >= 0xD800 && value <= 0xDFFF;
            if (overlong || surrogate || value > 0x10FFFF) {
                throw new JsonRefused("not UTF-8", text.length());
            }
            text.appendCodePoint(value);
            at += more + 1;
        }
        return text.toString();
    }

    /** Turns text into bytes. */
    public static byte[] encode(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
