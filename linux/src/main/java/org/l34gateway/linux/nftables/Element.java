// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.Comparator;

/**
 * An element of a set or map. Ordered by key; of two with the same, the end of a range comes before the begin of the next.
 *
 * @param key all parts, each padded to a register
 */
public record Element(Octets key, Content content) implements Comparable<Element> {
    private static final Comparator<Element> ORDER = Comparator.comparing(Element::key)
            .thenComparing(element -> !(element.content instanceof End))
            .thenComparing(element -> element.content.toString());

    /** What belongs to the key. */
    public sealed interface Content {}

    /** Nothing: the key is in the set. */
    public record Member() implements Content {
        @Override
        public String toString() {
            return "";
        }
    }

    /** The range that began with the key before ends before this key. */
    public record End() implements Content {
        @Override
        public String toString() {
            return " ends";
        }
    }

    /** The map's value. */
    public record Data(Octets value) implements Content {
        @Override
        public String toString() {
            return " → " + value;
        }
    }

    /** The map's verdict: on with the chain. */
    public record Goto(String chain) implements Content {
        @Override
        public String toString() {
            return " → goto " + chain;
        }
    }

    /** The map's verdict: on with the chain, and back at its end. */
    public record Jump(String chain) implements Content {
        @Override
        public String toString() {
            return " → jump " + chain;
        }
    }

    /** A key of a set. */
    public static Element member(Octets key) {
        return new Element(key, new Member());
    }

    /** A key and its value. */
    public static Element data(Octets key, Octets value) {
        return new Element(key, new Data(value));
    }

    /** A key and where packets go on. */
    public static Element leads(Octets key, String chain) {
        return new Element(key, new Goto(chain));
    }

    /** A key and where packets go, and come back from. */
    public static Element jumps(Octets key, String chain) {
        return new Element(key, new Jump(chain));
    }

    /** The end of a range. */
    public static Element end(Octets key) {
        return new Element(key, new End());
    }

    @Override
    public int compareTo(Element other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return key + content.toString();
    }
}
