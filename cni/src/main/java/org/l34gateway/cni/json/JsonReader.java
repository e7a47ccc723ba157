// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One pass over a text, one value. */
final class JsonReader {
    /** Levels of arrays and objects inside each other; CNI configurations have fewer than ten. */
    static final int MAX_DEPTH = 64;

    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    Json readAll() {
        Json value = value(0);
        space();
        if (at < text.length()) {
            throw refused("text after the value");
        }
        return value;
    }

    private Json value(int depth) {
        if (depth > MAX_DEPTH) {
            throw refused("more than " + MAX_DEPTH + " levels");
        }
        space();
        char first = at < text.length() ? text.charAt(at) : 0;
        return switch (first) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new Json.Text(string());
            case 't' -> word("true", new Json.Bool(true));
            case 'f' -> word("false", new Json.Bool(false));
            case 'n' -> word("null", new Json.Null());
            default -> number();
        };
    }

    private Json object(int depth) {
        int start = at++;
        Map<String, Json> members = new LinkedHashMap<>();
        boolean more = !skip('}');
        while (more) {
            space();
            if (at >= text.length() || text.charAt(at) != '"') {
                throw refused("expected a member name");
            }
            String name = string();
            if (!skip(':')) {
                throw refused("expected ':'");
            }
            if (members.put(name, value(depth + 1)) != null) {
                throw refused("member twice: " + name);
            }
            more = another('}');
        }
        return new Json.Obj(members, text.substring(start, at));
    }

    private Json array(int depth) {
        at++;
        List<Json> items = new ArrayList<>();
        boolean more = !skip(']');
        while (more) {
            items.add(value(depth + 1));
            more = another(']');
        }
        return new Json.Arr(items);
    }

    /** Whether a comma follows; otherwise the end must. */
    private boolean another(char end) {
        if (skip(',')) {
            return true;
        }
        if (!skip(end)) {
            throw refused("expected ',' or '" + end + "'");
        }
        return false;
    }

    private String string() {
        StringBuilder value = new StringBuilder();
        at++;
        while (true) {
            char c = next("string without end");
            if (c == '"') {
                return checked(value);
            } else if (c < 0x20) {
                throw refused("control character in a string");
            }
            value.append(c == '\\' ? escape() : c);
        }
    }

    private char escape() {
        char c = next("string without end");
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int unit = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = hex(next("string without end"));
                    if (digit < 0) {
                        throw refused("expected four hexadecimal digits");
                    }
                    unit = unit << 4 | digit;
                }
                yield (char) unit;
            }
            default -> throw refused("unknown escape");
        };
    }

    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    /** Escapes can write half of a surrogate pair, which no UTF-8 could say. */
    private String checked(StringBuilder value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                boolean pair = Character.isHighSurrogate(value.charAt(i))
                        && i + 1 < value.length()
                        && Character.isLowSurrogate(value.charAt(i + 1));
                if (!pair) {
                    throw refused("half of a surrogate pair");
                }
                i++;
            }
        }
        return value.toString();
    }

    private Json number() {
        int start = at;
        take('-');
        if (!take('0') && digits() == 0) {
            throw refused("expected a value");
        }
        if (take('.') && digits() == 0) {
            throw refused("expected digits after '.'");
        }
        if (take('e') || take('E')) {
            if (!take('+')) {
                take('-');
            }
            if (digits() == 0) {
                throw refused("expected digits of an exponent");
            }
        }
        return new Json.Num(text.substring(start, at));
    }

    private int digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at - start;
    }

    private Json word(String word, Json value) {
        if (!text.startsWith(word, at)) {
            throw refused("expected a value");
        }
        at += word.length();
        return value;
    }

    private char next(String otherwise) {
        if (at >= text.length()) {
            throw refused(otherwise);
        }
        return text.charAt(at++);
    }

    private boolean skip(char wanted) {
        space();
        return take(wanted);
    }

    private boolean take(char wanted) {
        boolean there = at < text.length() && text.charAt(at) == wanted;
        at += there ? 1 : 0;
        return there;
    }

    private void space() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
                return;
            }
            at++;
        }
    }

    private JsonRefused refused(String why) {
        return new JsonRefused(why, at);
    }
}
