// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.json;

/**
 * UTF-8 (RFC 3629) that refuses what is none, where the JDK would put replacement characters. By hand, because each text that
 * goes through a charset costs the native executable a page of memory.
 */
public final class Utf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /**
     * Turns bytes into text.
     *
     * @throws JsonRefused for overlong forms, surrogates, values beyond U+10FFFF and cut sequences
     */
    public static String decode(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (int at = 0; at < bytes.length; at += length(bytes[at])) {
            int value = value(bytes, at);
            if (value < 0) {
                throw new JsonRefused("not UTF-8", text.length());
            }
            text.appendCodePoint(value);
        }
        return text.toString();
    }

    /** Turns bytes into text, with a replacement character for each byte that is no part of UTF-8. */
    public static String decodeLenient(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        int at = 0;
        while (at < bytes.length) {
            int value = value(bytes, at);
            text.appendCodePoint(value < 0 ? REPLACEMENT : value);
            at += value < 0 ? 1 : length(bytes[at]);
        }
        return text.toString();
    }

    /** The code point that begins there, -1 when none does. */
    private static int value(byte[] bytes, int at) {
        int length = length(bytes[at]);
        if (length == 0 || at + length > bytes.length) {
            return -1;
        }
        int value = length == 1 ? bytes[at] : bytes[at] & (0x7F >> length);
        for (int i = 1; i < length; i++) {
            int next = bytes[at + i] & 0xFF;
            if (next >> 6 != 2) {
                return -1;
            }
            value = value << 6 | (next & 0x3F);
        }
        boolean overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
        boolean surrogate = value >= 0xD800 && value <= 0xDFFF;
        return overlong || surrogate || value > 0x10FFFF ? -1 : value;
    }

    /** How many bytes a code point has that begins with this one, 0 when none does. */
    private static int length(byte first) {
        int bits = first & 0xFF;
        return bits < 0x80 ? 1 : bits < 0xC2 ? 0 : bits < 0xE0 ? 2 : bits < 0xF0 ? 3 : bits < 0xF5 ? 4 : 0;
    }

    /** Turns text into bytes; half a surrogate pair becomes a question mark, as with the JDK. */
    public static byte[] encode(String text) {
        byte[] bytes = new byte[size(text)];
        int end = 0;
        int at = 0;
        while (at < text.length()) {
            int value = codePoint(text, at);
            at += Character.charCount(value);
            int length = size(value);
            for (int i = length - 1; i > 0; i--) {
                bytes[end + i] = (byte) (0x80 | (value & 0x3F));
                value >>= 6;
            }
            bytes[end] = (byte) (length == 1 ? value : (0xF00 >> length) | value);
            end += length;
        }
        return bytes;
    }

    private static int size(String text) {
        int size = 0;
        int at = 0;
        while (at < text.length()) {
            int value = codePoint(text, at);
            at += Character.charCount(value);
            size += size(value);
        }
        return size;
    }

    private static int size(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    private static int codePoint(String text, int at) {
        int value = text.codePointAt(at);
        return value >= 0xD800 && value <= 0xDFFF ? '?' : value;
    }
}
