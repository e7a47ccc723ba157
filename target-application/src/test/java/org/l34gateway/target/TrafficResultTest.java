// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.l34gateway.target.TrafficResult.Latency;

class TrafficResultTest {
    private static SortedMap<String, Integer> counts(Object... pairs) {
        var counts = new TreeMap<String, Integer>();
        for (int i = 0; i < pairs.length; i += 2) counts.put((String) pairs[i], (Integer) pairs[i + 1]);
        return counts;
    }

    @Test
    void json_is_the_promised_line() {
        var result = new TrafficResult(counts("pod-b", 250, "pod-a", 150), counts(), new Latency(0.4, 12.25));
        assertThat(result.toJson())
                .isEqualTo("{\"ok\": 400, \"failed\": 0, \"targets\": {\"pod-a\": 150, \"pod-b\": 250},"
                        + " \"latencyMs\": {\"p50\": 0.4, \"p99\": 12.25}}");
    }

    @Test
    void json_names_the_failures_when_there_are_some() {
        var result = new TrafficResult(counts(), counts("timeout", 2, "refused", 1), new Latency(0, 0));
        assertThat(result.toJson())
                .isEqualTo("{\"ok\": 0, \"failed\": 3, \"targets\": {}, \"latencyMs\": {\"p50\": 0.0, \"p99\": 0.0},"
                        + " \"failures\": {\"refused\": 1, \"timeout\": 2}}");
    }

    @Test
    void a_host_name_cannot_break_out_of_its_string() {
        var result = new TrafficResult(counts("a\"\\\n\u00e9", 1), counts(), new Latency(1, 1));
        assertThat(result.toJson()).contains("{\"a\\\"\\\\\\u000a\\u00e9\": 1}");
    }

    @Test
    void text_is_a_table_with_shares_and_a_summary() {
        var result = new TrafficResult(counts("pod-a", 3, "pod-b", 1), counts("timeout", 1), new Latency(1, 2));
        assertThat(result.toText()).isEqualTo("""
                        pod-a       3   75.0 %
                        pod-b       1   25.0 %
                        failed: timeout: 1
                        4 ok, 1 failed, 2 targets, p50 1.0 ms, p99 2.0 ms
                        """);
    }

    @Test
    void percentiles_are_values_that_occurred() {
        long[] nanos =
                LongStream.rangeClosed(1, 200).map(i -> 1_000_000 * (201 - i)).toArray();
        assertThat(Latency.of(nanos)).isEqualTo(new Latency(100, 198));
        assertThat(Latency.of(new long[] {7_654_321})).isEqualTo(new Latency(7.654, 7.654));
    }
}
