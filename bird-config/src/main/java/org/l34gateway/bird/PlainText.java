// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

/** Other people's text made harmless: BIRD strings know no escapes, and log lines should stay one line. */
final class PlainText {
    private static final int LONGEST = 120;

    private PlainText() {}

    /** At most 120 characters; all but letters, digits and {@code . _ / : -} of ASCII become {@code _}. */
    static String of(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            plain.append(isPlain(text.charAt(i)) ? text.charAt(i) : '_');
        }
        return plain.toString();
    }

    /** For messages: in quotes, control characters and quotes replaced, at most 120 characters. */
    static String quoted(String text) {
        StringBuilder line = new StringBuilder("\"");
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            char c = text.charAt(i);
            line.append(c < ' ' || c == '"' || c == 0x7F ? '?' : c);
        }
        return line.append('"').toString();
    }

    private static boolean isPlain(char c) {
        return isWord(c) || c == '.' || c == '/' || c == ':' || c == '-';
    }

    /** Whether the character may stand in a BIRD symbol: ASCII letters, digits and underscore. */
    static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
}
