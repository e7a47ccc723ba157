// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.Plugin;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;

/** What the start of a pod does not pay for, because the executable does not do it. Milliseconds are for {@code ./l34 bench cni}. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
public interface CostContract {
    Plugin plugin();

    /** Gives the pod what the arguments speak of. */
    void connect(ScratchNetns pod);

    /** Arguments of an ADD. */
    String arguments();

    /** How many system calls that ADD may make; some more than it does, because C libraries differ. */
    int mostSystemCalls();

    @Test
    default void an_add_makes_no_more_system_calls_than_it_must(ScratchNetns pod, @TempDir Path data) throws Exception {
        assumeTrue(Strace.isThere(), "skipped: no strace");
        connect(pod);
        for (PluginExecutable executable : PluginExecutable.ofThisMachine(plugin())) {
            if (executable instanceof PluginExecutable.Native plugin) {
                Call add = Call.of("ADD", pod.path(), data, arguments());
                Call del = Call.of("DEL", pod.path(), data, "");
                assertThat(syscalls(plugin, add, del)).hasSizeLessThanOrEqualTo(mostSystemCalls());
            }
        }
    }

    @Test
    default void a_language_costs_nothing(ScratchNetns pod, @TempDir Path data) throws Exception {
        assumeTrue(Strace.isThere(), "skipped: no strace");
        connect(pod);
        for (PluginExecutable executable : PluginExecutable.ofThisMachine(plugin())) {
            if (executable instanceof PluginExecutable.Native plugin) {
                Call add = Call.of("ADD", pod.path(), data, arguments());
                Call del = Call.of("DEL", pod.path(), data, "");
                List<String> without = syscalls(plugin, add, del);
                for (String language : List.of("C.UTF-8", "en_US.UTF-8")) {
                    assertThat(syscalls(plugin, add.with("LANG", language), del))
                            .as(language)
                            .isEqualTo(without);
                }
            }
        }
    }

    private static List<String> syscalls(PluginExecutable.Native plugin, Call add, Call del) throws Exception {
        List<String> names =
                Strace.of(plugin, add).stream().map(Strace.Line::syscall).toList();
        assertThat(names).contains("setns");
        assertThat(del.on(plugin).code()).isZero();
        return names;
    }
}
