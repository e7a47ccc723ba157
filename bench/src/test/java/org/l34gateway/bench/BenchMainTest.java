// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchMainTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            data-plane --only nothing | no figure begins with "nothing"; there are fast_v4, fast_v4_ranges,
            data-plane --output xml   | expected one of [TEXT, JSON, MARKDOWN] (case-insensitive) but was 'xml'
            data-plane --fast         | Unknown option: '--fast'
            cni --only nothing        | no figure begins with "nothing"; there are add_p50, add_p50_tmpfs,
            cni --output xml          | expected one of [TEXT, JSON, MARKDOWN] (case-insensitive) but was 'xml'
            pods --only nothing       | no figure begins with "nothing"; there are pod_sandbox_ms, pod_sandbox_with_ms,
            pods --name A             | got "A"
            control-plane             | Unmatched argument
            """)
    void wrong_usage_is_refused_with_what_is_right(String arguments, String says) {
        StringWriter errors = new StringWriter();
        int exit = BenchMain.commandLine().setErr(new PrintWriter(errors, true)).execute(arguments.split(" "));
        assertThat(exit).isEqualTo(2);
        assertThat(errors.toString()).contains(says);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data-plane", "cni", "pods"})
    void help_lists_the_outputs(String benchmark) {
        StringWriter help = new StringWriter();
        int exit = BenchMain.commandLine().setOut(new PrintWriter(help, true)).execute(benchmark, "--help");
        assertThat(exit).isZero();
        assertThat(help.toString()).contains("--quick", "text, json, markdown (default: text)");
    }
}
