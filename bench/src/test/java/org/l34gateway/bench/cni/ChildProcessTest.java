// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.l34gateway.bench.cni.ChildProcess.Ended;
import org.l34gateway.netlink.KernelRefused;

class ChildProcessTest {
    @Test
    void it_has_the_input_and_the_environment_that_it_is_given_and_nothing_else() {
        Ended ended = shell("cat; echo \"$A $HOME\"; echo words >&2; exit 3", Map.of("A", "ä"), "x\n");
        assertThat(ended.stdout()).isEqualTo("x\nä \n");
        assertThat(ended.stderr()).isEqualTo("words\n");
        assertThat(ended.exitCode()).isEqualTo(3);
    }

    @Test
    void it_has_no_open_files_but_its_three() {
        // The last is the directory that ls reads.
        assertThat(shell("ls /proc/self/fd", Map.of("PATH", "/usr/bin:/bin"), "")
                        .stdout())
                .isEqualTo("0\n1\n2\n3\n");
    }

    @Test
    void a_signal_is_its_number_and_128() {
        assertThat(shell("kill -TERM $$", Map.of(), "").exitCode()).isEqualTo(143);
    }

    @Test
    void time_is_counted_on_the_wall_and_on_cpus() {
        Ended busy = shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done", Map.of(), "");
        assertThat(busy.cpuMicros()).isBetween(10_000L, busy.wallNanos() / 1_000);
    }

    @Test
    void what_is_not_there_is_refused() {
        assertThatExceptionOfType(KernelRefused.class)
                .isThrownBy(() -> ChildProcess.run(List.of("/no/such/plugin"), Map.of(), ""))
                .withMessageContaining("/no/such/plugin")
                .withMessageContaining("ENOENT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChildProcess.run(List.of("/bin/true"), Map.of(), "x".repeat(70_000)));
    }

    private static Ended shell(String script, Map<String, String> environment, String stdin) {
        return ChildProcess.run(List.of("/bin/sh", "-c", script), environment, stdin);
    }
}
