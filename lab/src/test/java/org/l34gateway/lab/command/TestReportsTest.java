// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestReportsTest {
    @TempDir
    Path root;

    @Test
    void the_last_line_sums_up_all_modules_and_a_skipped_test_fails_a_strict_run() throws IOException {
        report("one", "<testsuite tests='3' failures='0' errors='0'><testcase classname='A' name='b'/></testsuite>");
        report(
                "two",
                "<testsuite tests='2' failures='0' errors='0'><testcase classname='C' name='d'>"
                        + "<skipped message='no root'/></testcase></testsuite>");
        var reports = TestReports.of(root, Instant.EPOCH);
        assertThat(reports).isEqualTo(new TestReports(4, 0, List.of("C.d: no root")));
        var out = new ByteArrayOutputStream();
        assertThat(reports.show(new PrintStream(out, true, StandardCharsets.UTF_8), false))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("4 passed, 0 failed, 1 skipped\n");
        assertThat(reports.show(quiet(), true)).isEqualTo(1);
    }

    @Test
    void a_failure_or_an_error_fails_every_run() throws IOException {
        report("one", "<testsuite tests='3' failures='1' errors='1'/>");
        assertThat(TestReports.of(root, Instant.EPOCH)).isEqualTo(new TestReports(1, 2, List.of()));
        assertThat(TestReports.of(root, Instant.EPOCH).show(quiet(), false)).isEqualTo(1);
    }

    @Test
    void reports_of_an_earlier_run_do_not_count() throws IOException {
        report("one", "<testsuite tests='3' failures='1' errors='0'/>");
        assertThat(TestReports.of(root, Instant.now().plusSeconds(1))).isEqualTo(new TestReports(0, 0, List.of()));
    }

    private static PrintStream quiet() {
        return new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    }

    private void report(String module, String xml) throws IOException {
        Path folder = Files.createDirectories(root.resolve(module).resolve("target/surefire-reports"));
        Files.writeString(folder.resolve("TEST-x.xml"), xml);
    }
}
