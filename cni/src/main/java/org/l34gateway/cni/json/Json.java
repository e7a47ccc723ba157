// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON value. Objects keep the order of their members and the text that they were read from. */
public sealed interface Json {
    /** {@code null}. */
    record Null() implements Json {}

    /** {@code true} or {@code false}. */
    record Bool(boolean value) implements Json {}

    /** A number as it was written: nothing is lost by reading it. */
    record Num(String text) implements Json {}

    /** A string without its escapes. */
    record Text(String value) implements Json {}

    /** An array. */
    record Arr(List<Json> items) implements Json {
        public Arr {
            items = Collections.unmodifiableList(new ArrayList<>(items));
        }
    }

    /**
     * An object.
     *
     * @param members in the order of the text, without duplicates
     * @param source the text of the object, byte for byte as it was read
     */
    record Obj(Map<String, Json> members, String source) implements Json {
        public Obj {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }

        /** An object without members. */
        public static final Obj EMPTY = new Obj(Map.of(), "{}");

        /** The member; null when there is none or it is {@code null}. */
        public @Nullable Json get(String name) {
            Json value = members.get(name);
            return value instanceof Null ? null : value;
        }

        /** The string member, empty when there is none or it is no string. */
        public String text(String name) {
            return members.get(name) instanceof Text text ? text.value() : "";
        }

        /** The object member, without members when there is none or it is no object. */
        public Obj object(String name) {
            return members.get(name) instanceof Obj object ? object : EMPTY;
        }

        /** The items of the array member, none when there is none or it is no array. */
        public List<Json> items(String name) {
            return members.get(name) instanceof Arr array ? array.items() : List.of();
        }
    }

    /**
     * Reads one value that fills the whole text.
     *
     * @throws JsonRefused for anything that RFC 8259 does not allow, duplicate members, bytes that are no UTF-8, more
     *     than {@value JsonReader#MAX_DEPTH} levels
     */
    static Json read(byte[] utf8) {
        return new JsonReader(Utf8.decode(utf8)).readAll();
    }
}
