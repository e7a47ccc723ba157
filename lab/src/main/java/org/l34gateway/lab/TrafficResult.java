// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.lab.process.CommandFailed;
import org.l34gateway.lab.process.Outcome;

/**
 * What came of traffic. As JSON: {@code {"ok": 400, "failed": 0, "targets": {"POD": 100, …}, "latencyMs": {"p50": x, "p99": x}}}, and
 * {@code "failures": {"REASON": n, …}} if there are any.
 *
 * @param ok answered
 * @param failed refused, reset or not answered in time
 * @param targets host name of the answering pod → how many it answered; sorted
 * @param failures reason in words → how many failed for it
 */
public record TrafficResult(
        int ok,
        int failed,
        Map<String, Integer> targets,
        Latency latencyMs,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Integer> failures) {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** Time to the answer in milliseconds: of half of them at most {@code p50}, of 99 of 100 at most {@code p99}. */
    public record Latency(double p50, double p99) {}

    public TrafficResult {
        targets = Map.copyOf(targets);
        // The client leaves them out when there are none.
        failures = failures == null ? Map.of() : Map.copyOf(failures);
    }

    /**
     * Reads what the client printed, also when it failed because connections did.
     *
     * @throws CommandFailed when it printed no result
     */
    static TrafficResult of(Outcome client) {
        try {
            return JSON.readValue(client.out(), TrafficResult.class);
        } catch (JsonProcessingException e) {
            client.orThrow();
            throw new CommandFailed(client.command() + " printed no result: " + client.out(), e);
        }
    }

    public boolean allAnswered() {
        return failed == 0;
    }

    public String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and names can be written as JSON", e);
        }
    }

    /** For people: totals, a line per target with its share, a line per reason of failures. */
    public String table() {
        var text = new StringBuilder();
        text.append("%d ok, %d failed, %d targets; answered in %.1f ms (half), %.1f ms (99 of 100)%n"
                .formatted(ok, failed, targets.size(), latencyMs.p50(), latencyMs.p99()));
        new TreeMap<>(targets)
                .forEach((target, count) -> text.append(
                        "  %-60s %6d  %5.1f %%%n".formatted(target, count, ok == 0 ? 0.0 : 100.0 * count / ok)));
        new TreeMap<>(failures)
                .forEach((reason, count) -> text.append("  failed: %-52s %6d%n".formatted(reason, count)));
        return text.toString();
    }
}
