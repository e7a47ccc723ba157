// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A good text with a few things wrong, most of which no reader of JSON may take. */
public final class BentJson {
    private static final String INTERESTING = "{}[]\",:\\u0019-+.eE/ tfn\0\u007f";

    /** In ISO 8859-1, byte for byte: numbers, words and escapes at the border, and UTF-8 that is none. */
    private static final List<String> PIECES = List.of(
            "\\ud83d",
            "\\ude00",
            "\\ud83d\\ude00",
            "\\u0000",
            "\\u12",
            "\\x",
            "\u00f0\u009f\u0098\u0080",
            "\u00ed\u00a0\u0080",
            "\u00c0\u0080",
            "\u00e0\u0080\u0080",
            "\u00f4\u0090\u0080\u0080",
            "\u00f8",
            "\u00ef\u00bb\u00bf",
            "1e999999",
            "-0",
            "00",
            "1.",
            "NaN",
            "null",
            "nul",
            "true",
            "[[[[[[[[",
            "]]]]]]]]",
            "{\"a\":",
            "\"a\":1,",
            "//",
            "/*",
            ",",
            "\t",
            "\u000b");

    private BentJson() {}

    /**
     * Bends a copy.
     *
     * @param fixed the first of the bytes that stay together as they are
     * @param fixedEnd the first byte after them; the copy may end before
     */
    public static byte[] of(byte[] good, int fixed, int fixedEnd, Random dice) {
        byte[] bent = good;
        int start = fixed;
        for (int changes = 1 + dice.nextInt(4); changes > 0; changes--) {
            int at = dice.nextInt(bent.length + 1);
            int length = Math.min(dice.nextInt(4) == 0 ? dice.nextInt(16) : 1, bent.length - at);
            boolean before = at + length <= start;
            if (!before && at < start + fixedEnd - fixed) {
                continue;
            }
            byte[] by = switch (dice.nextInt(8)) {
                case 0 -> new byte[0];
                case 1, 2 -> new byte[] {(byte) INTERESTING.charAt(dice.nextInt(INTERESTING.length()))};
                case 3 -> new byte[] {(byte) dice.nextInt(256)};
                case 4 -> slice(bent, dice);
                default -> PIECES.get(dice.nextInt(PIECES.size())).getBytes(StandardCharsets.ISO_8859_1);
            };
            byte[] next = replaced(bent, at, dice.nextBoolean() ? length : 0, by);
            start += before ? next.length - bent.length : 0;
            bent = next;
        }
        return dice.nextInt(8) == 0 ? Arrays.copyOf(bent, dice.nextInt(bent.length + 1)) : bent;
    }

    private static byte[] slice(byte[] bytes, Random dice) {
        int from = dice.nextInt(bytes.length + 1);
        return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + dice.nextInt(40)));
    }

    private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
        var out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(by);
        out.write(bytes, at + length, bytes.length - at - length);
        return out.toByteArray();
    }
}
