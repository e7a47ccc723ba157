// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What came of a run.
 *
 * @param targets host name → connections that it answered completely
 * @param failures reason in words → connections
 * @param latency of the connections that were answered
 */
public record TrafficResult(SortedMap<String, Integer> targets, SortedMap<String, Integer> failures, Latency latency) {
    /** Keeps sorted copies. */
    public TrafficResult {
        targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
        failures = Collections.unmodifiableSortedMap(new TreeMap<>(failures));
    }

    /** Connections that were answered completely. */
    public int ok() {
        return targets.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Connections that were not. */
    public int failed() {
        return failures.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Milliseconds from a connection's first packet to the last byte of its last answer, by nearest rank; 0 when no
     * connection was answered.
     */
    public record Latency(double p50, double p99) {
        /** @param nanos one per answered connection, in any order */
        static Latency of(long[] nanos) {
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return new Latency(rank(sorted, 50), rank(sorted, 99));
        }

        private static double rank(long[] sorted, int percent) {
            if (sorted.length == 0) return 0;
            int index = Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1);
            return Math.round(sorted[index] / 1_000.0) / 1_000.0;
        }
    }

    /** One line: {@code {"ok": 4, "failed": 0, "targets": {"POD": 4}, "latencyMs": {"p50": 0.4, "p99": 1.2}}}. */
    public String toJson() {
        return "{\"ok\": " + ok() + ", \"failed\": " + failed() + ", \"targets\": " + json(targets)
                + ", \"latencyMs\": {\"p50\": " + latency.p50 + ", \"p99\": " + latency.p99 + "}"
                + (failures.isEmpty() ? "" : ", \"failures\": " + json(failures)) + "}";
    }

    /** Lines for a person: a table of the targets with their shares, the failures, a summary; ends with a line end. */
    public String toText() {
        int width = targets.keySet().stream().mapToInt(String::length).max().orElse(0);
        var text = new StringBuilder();
        targets.forEach((target, count) -> text.append(String.format(
                Locale.ROOT, "%-" + Math.max(6, width) + "s %6d  %5.1f %%%n", target, count, 100.0 * count / ok())));
        failures.forEach((reason, count) -> text.append("failed: ")
                .append(reason)
                .append(": ")
                .append(count)
                .append('\n'));
        return text.append(ok())
                .append(" ok, ")
                .append(failed())
                .append(" failed, ")
                .append(targets.size())
                .append(" targets, p50 ")
                .append(latency.p50)
                .append(" ms, p99 ")
                .append(latency.p99)
                .append(" ms\n")
                .toString();
    }

    private static String json(SortedMap<String, Integer> counts) {
        return counts.entrySet().stream()
                .map(count -> quoted(count.getKey()) + ": " + count.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** A host name comes from the network: what JSON does not take as it is goes as an escape. */
    private static String quoted(String text) {
        var json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') json.append('\\').append(c);
            else if (c < 0x20 || c > 0x7e) json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            else json.append(c);
        }
        return json.append('"').toString();
    }
}
