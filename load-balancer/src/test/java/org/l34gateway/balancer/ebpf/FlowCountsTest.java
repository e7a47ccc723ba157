// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FlowCountsTest {
    @Test
    void flows_keep_their_counters_and_new_ones_get_those_that_are_free() {
        assertThat(FlowCounts.decide(flows("a", "b"), Map.of())).isEqualTo(Map.of("a", 0, "b", 1));
        assertThat(FlowCounts.decide(flows("b", "c", "d"), Map.of("a", 0, "b", 1)))
                .isEqualTo(Map.of("b", 1, "c", 0, "d", 2));
        assertThat(FlowCounts.decide(flows(), Map.of("a", 0))).isEmpty();
    }

    private static SortedSet<String> flows(String... names) {
        return new TreeSet<>(Arrays.asList(names));
    }
}
