// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterArrayTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0         | 0
            0-1\\n     | 1
            0-127     | 127
            0-3,8-11  | 11
            0-3,17    | 17
            """)
    void the_last_cpu_of_a_list_is_found(String list, int last) {
        assertThat(CounterArray.lastCpu(list.replace("\\n", "\n"))).isEqualTo(last);
    }
}
