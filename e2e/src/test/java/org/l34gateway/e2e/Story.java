// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** After a test that failed, says what the agents and the controllers did, in the order in which they did it. */
record Story(Supplier<String> logs) implements TestWatcher {
    private static final int LINES = 80;
    private static final int LONGEST = 200;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        System.err.println("what happened before " + context.getDisplayName() + " failed:\n" + of(logs.get()));
    }

    /**
     * The last lines that tell of decisions; watches and writes come by the hundred.
     *
     * @param logs {@code === POD}, then its log, of each pod
     */
    static String of(String logs) {
        SortedMap<String, String> lines = new TreeMap<>();
        String pod = "";
        for (String line : logs.lines().toList()) {
            if (line.startsWith("=== ")) {
                pod = line.substring("=== ".length());
            } else if (line.startsWith("{")) {
                String told = told(pod, line);
                // Lines of one millisecond keep their order.
                lines.put("%s %06d".formatted(told.split(" ", 2)[0], lines.size()), told);
            }
        }
        lines.values().removeIf(String::isEmpty);
        return String.join(
                "\n",
                lines.values().stream().skip(Math.max(0, lines.size() - LINES)).toList());
    }

    private static String told(String pod, String line) {
        try {
            JsonNode entry = JSON.readTree(line);
            String logger = entry.path("loggerName").asText();
            boolean decision = logger.startsWith("org.l34gateway.") && !logger.startsWith("org.l34gateway.runtime.");
            if (!decision) {
                return "";
            }
            String text =
                    TIME.format(Instant.ofEpochMilli(entry.path("timestamp").asLong())) + " " + pod + " "
                            + entry.path("formattedMessage").asText();
            return text.substring(0, Math.min(LONGEST, text.length()));
        } catch (JsonProcessingException cut) {
            return "";
        }
    }
}
