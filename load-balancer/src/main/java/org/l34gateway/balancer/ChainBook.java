// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Operation;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.SetShape.Datum;
import org.l34gateway.linux.nftables.SetShape.Flag;
import org.l34gateway.linux.nftables.SetShape.Other;

/**
 * Chains and verdict maps that are named after their content: equal ones are one, a changed one is another one, and the names
 * in the kernel say what it holds. They may only refer to what is already in the book.
 */
final class ChainBook {
    private static final int NAME_HASH_BYTES = 8;

    private final SortedMap<String, List<List<Expression>>> chains = new TreeMap<>();
    private final SortedMap<String, Part.Elements> maps = new TreeMap<>();

    /**
     * Adds a chain.
     *
     * @param kind first part of the name, for a human who lists the table
     * @return the name
     */
    String chain(String kind, List<List<Expression>> rules) {
        String name = kind + "_" + hash(text(rules));
        chains.putIfAbsent(name, List.copyOf(rules));
        return name;
    }

    /**
     * Adds a map from keys to chains.
     *
     * @param kind first part of the name, for a human who lists the table
     * @return the name
     */
    String map(String kind, Datum key, List<Element> elements) {
        return map(kind, key, elements, Set.of());
    }

    /** The same of ranges of keys; a range that has no end goes on to the last key. */
    String ranges(String kind, Datum key, List<Element> elements) {
        return map(kind, key, elements, Set.of(Flag.INTERVAL));
    }

    private String map(String kind, Datum key, List<Element> elements, Set<Flag> flags) {
        String text =
                key + " " + flags + elements.stream().map(Element::toString).collect(Collectors.joining("\n"));
        String name = kind + "_" + hash(text);
        maps.putIfAbsent(
                name,
                Part.Elements.of(new SetShape(name, List.of(key), Other.VERDICT, flags, elements.size()), elements));
        return name;
    }

    /** One rule of parts that follow each other. */
    @SafeVarargs
    static List<Expression> rule(List<Expression>... parts) {
        List<Expression> rule = new ArrayList<>();
        for (List<Expression> part : parts) {
            rule.addAll(part);
        }
        return List.copyOf(rule);
    }

    /** Rules as text, one a line. */
    static String text(List<List<Expression>> rules) {
        return rules.stream().map(Operation::text).collect(Collectors.joining("\n"));
    }

    /** 16 hexadecimal digits that stand for a text. */
    static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, NAME_HASH_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /** Name → rules. */
    SortedMap<String, List<List<Expression>>> chains() {
        return Collections.unmodifiableSortedMap(chains);
    }

    /** Name → elements. */
    SortedMap<String, Part.Elements> maps() {
        return Collections.unmodifiableSortedMap(maps);
    }
}
