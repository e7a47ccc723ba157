// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Chains that are named after their content: equal chains are one chain, a changed chain is another chain, and the names
 * in the kernel say what it holds. A chain may only refer to chains that are already in the book.
 */
final class ChainBook {
    private static final int NAME_HASH_BYTES = 8;

    private final SortedMap<String, List<String>> chains = new TreeMap<>();

    /**
     * Adds a chain.
     *
     * @param kind first part of the name, for a human who lists the table
     * @return the name
     */
    String add(String kind, List<String> rules) {
        String name = kind + "_" + hash(String.join("\n", rules));
        chains.put(name, List.copyOf(rules));
        return name;
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
    SortedMap<String, List<String>> chains() {
        return Collections.unmodifiableSortedMap(chains);
    }
}
