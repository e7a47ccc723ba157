// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SandboxCallsTest {
    private static final String METRICS = """
            kubelet_runtime_operations_duration_seconds_sum{operation_type="remove_container"} 7
            kubelet_runtime_operations_duration_seconds_bucket{operation_type="run_podsandbox",le="0.005"} 0
            kubelet_runtime_operations_duration_seconds_sum{operation_type="run_podsandbox"} 4.75
            kubelet_runtime_operations_duration_seconds_count{operation_type="run_podsandbox"} 9
            """;

    @Test
    void the_kubelets_sum_and_count_are_read() {
        assertThat(SandboxCalls.parse(METRICS)).isEqualTo(new SandboxCalls(9, 4.75));
    }

    @Test
    void a_kubelet_that_says_nothing_is_no_zero() {
        assertThatThrownBy(() -> SandboxCalls.parse("up 1\n")).hasMessageContaining("nothing of run_podsandbox");
    }

    @Test
    void one_call_more_took_what_the_sum_grew_by() {
        assertThat(new SandboxCalls(9, 4.75).millisSince(new SandboxCalls(8, 4.5)))
                .isEqualTo(250);
    }

    @Test
    void a_second_call_or_none_gives_no_time() {
        assertThatThrownBy(() -> new SandboxCalls(9, 4.75).millisSince(new SandboxCalls(7, 4)))
                .hasMessageStartingWith("2 calls");
        assertThatThrownBy(() -> new SandboxCalls(9, 4.75).millisSince(new SandboxCalls(9, 4.75)))
                .hasMessageStartingWith("0 calls");
    }
}
