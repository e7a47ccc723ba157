// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.ip;

/** Text forms of addresses: RFC 4291 §2.2 when reading, RFC 5952 §4 when writing. Written out because TeaVM has no InetAddress. */
final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    static byte[] readIpv4(String text) {
        byte[] bytes = new byte[4];
        readDottedQuad(text, text, 0, bytes, 0);
        return bytes;
    }

    static byte[] readIpv6(String text) {
        byte[] bytes = new byte[16];
        int gap = text.indexOf("::");
        if (gap < 0) {
            if (readGroups(text, text, bytes, 0) != 16) {
                throw notAnAddress(text);
            }
            return bytes;
        }
        String tailText = text.substring(gap + 2);
        if (tailText.contains("::") || tailText.startsWith(":")) {
            throw notAnAddress(text);
        }
        int head = gap == 0 ? 0 : readGroups(text, text.substring(0, gap), bytes, 0);
        byte[] tail = new byte[16];
        int tailLength = tailText.isEmpty() ? 0 : readGroups(text, tailText, tail, 0);
        // "::" stands for at least one group (RFC 4291 §2.2).
        if (head + tailLength > 14 || (gap > 0 && text.substring(0, gap).indexOf('.') >= 0)) {
            throw notAnAddress(text);
        }
        System.arraycopy(tail, 0, bytes, 16 - tailLength, tailLength);
        return bytes;
    }

    /** Reads colon-separated groups into {@code bytes} and returns the offset after the last one. */
    private static int readGroups(String whole, String part, byte[] bytes, int offset) {
        int at = offset;
        int start = 0;
        while (true) {
            int colon = part.indexOf(':', start);
            String group = colon < 0 ? part.substring(start) : part.substring(start, colon);
            if (colon < 0 && group.indexOf('.') >= 0) {
                if (at > 12) {
                    throw notAnAddress(whole);
                }
                readDottedQuad(whole, group, 0, bytes, at);
                return at + 4;
            }
            if (at > 14) {
                throw notAnAddress(whole);
            }
            int value = readHex(whole, group);
            bytes[at] = (byte) (value >> 8);
            bytes[at + 1] = (byte) value;
            at += 2;
            if (colon < 0) {
                return at;
            }
            start = colon + 1;
        }
    }

    private static int readHex(String whole, String group) {
        if (group.isEmpty() || group.length() > 4) {
            throw notAnAddress(whole);
        }
        int value = 0;
        for (int i = 0; i < group.length(); i++) {
            int digit = hexDigit(group.charAt(i));
            if (digit < 0) {
                throw notAnAddress(whole);
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** Not Character.digit, which knows the digits of all scripts: TeaVM unpacks a table for that. */
    private static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        char lower = (char) (c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private static void readDottedQuad(String whole, String text, int from, byte[] bytes, int offset) {
        int at = from;
        for (int i = 0; i < 4; i++) {
            int end = at;
            int value = 0;
            while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9' && end - at < 3) {
                value = value * 10 + (text.charAt(end) - '0');
                end++;
            }
            boolean leadingZero = end - at > 1 && text.charAt(at) == '0';
            boolean ended = i == 3 ? end == text.length() : end < text.length() && text.charAt(end) == '.';
            if (end == at || value > 255 || leadingZero || !ended) {
                throw notAnAddress(whole);
            }
            bytes[offset + i] = (byte) value;
            at = end + 1;
        }
    }

    static String writeIpv4(byte[] bytes) {
        return (bytes[0] & 0xFF) + "." + (bytes[1] & 0xFF) + "." + (bytes[2] & 0xFF) + "." + (bytes[3] & 0xFF);
    }

    static String writeIpv6(byte[] bytes) {
        int gapStart = -1;
        int gapLength = 1; // a single zero group is not shortened (RFC 5952 §4.2.2)
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && group(bytes, i + run) == 0) {
                run++;
            }
            if (run > gapLength) {
                gapStart = i;
                gapLength = run;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength - 1;
                continue;
            }
            if (i > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(bytes, i)));
        }
        return text.toString();
    }

    private static int group(byte[] bytes, int index) {
        return (bytes[index * 2] & 0xFF) << 8 | (bytes[index * 2 + 1] & 0xFF);
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("not an IP address: \"" + text + "\"");
    }
}
