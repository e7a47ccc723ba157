// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.json;

import java.util.Map;

/** Builds one compact JSON text from the start to the end. Commas are put where they belong. */
public final class JsonWriter {
    private static final String DIGITS = "0123456789abcdef";

    private final StringBuilder text = new StringBuilder(256);

    public JsonWriter open(char bracket) {
        separate();
        text.append(bracket);
        return this;
    }

    public JsonWriter close(char bracket) {
        text.append(bracket);
        return this;
    }

    /** A member's name; its value must follow. */
    public JsonWriter name(String name) {
        value(name);
        text.append(':');
        return this;
    }

    public JsonWriter value(String value) {
        separate();
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < 0x20) {
                text.append("\\u00").append(DIGITS.charAt(c >> 4)).append(DIGITS.charAt(c & 15));
            } else {
                text.append(c);
            }
        }
        text.append('"');
        return this;
    }

    public JsonWriter value(long value) {
        separate();
        text.append(value);
        return this;
    }

    /** A value that is JSON already. */
    public JsonWriter raw(String json) {
        separate();
        text.append(json);
        return this;
    }

    public JsonWriter member(String name, String value) {
        return name(name).value(value);
    }

    /** An array of the items' texts. */
    public JsonWriter member(String name, Iterable<?> items) {
        name(name).open('[');
        for (Object item : items) {
            value(item.toString());
        }
        return close(']');
    }

    /** An object of strings. */
    public JsonWriter member(String name, Map<String, String> members) {
        name(name).open('{');
        for (Map.Entry<String, String> each : members.entrySet()) {
            member(each.getKey(), each.getValue());
        }
        return close('}');
    }

    private void separate() {
        int length = text.length();
        char last = length == 0 ? '{' : text.charAt(length - 1);
        if (last != '{' && last != '[' && last != ':') {
            text.append(',');
        }
    }

    /** The text so far. */
    @Override
    public String toString() {
        return text.toString();
    }
}
