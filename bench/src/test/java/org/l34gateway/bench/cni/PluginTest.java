// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"cniVersion":"1.0.0","interfaces":[],"dns":{}}          | true
            {"cniVersion":"1.0.0","code":7,"msg":"no vips given"}    | false
            {"interfaces":[]}                                        | false
            [warning][cds] {"cniVersion":"1.0.0"}                    | false
            []                                                       | false
            """)
    void a_result_is_an_object_that_is_no_error(String stdout, boolean result) {
        assertThat(Plugin.isResult(stdout)).isEqualTo(result);
    }

    @Test
    void nothing_is_no_result() {
        assertThat(Plugin.isResult("")).isFalse();
    }

    @Test
    void memory_is_in_the_last_line_whatever_the_plugin_wrote_before() {
        assertThat(ResidentMemory.mib("1536\n")).isEqualTo(1.5);
        assertThat(ResidentMemory.mib("2026/11/27 Set rule for source 10.0.0.1\n512\n"))
                .isEqualTo(0.5);
    }
}
