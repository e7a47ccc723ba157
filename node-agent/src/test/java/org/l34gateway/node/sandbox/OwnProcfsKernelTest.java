// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;

@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class OwnProcfsKernelTest {
    private static final String POLICY = "net/ipv4/fib_multipath_hash_policy";

    @TempDir
    Path folder;

    @Test
    void writes_the_parameters_of_one_namespace_only(ScratchNetns one, ScratchNetns two) throws Exception {
        Path directory = folder.resolve("proc");
        try (OwnProcfs procfs = OwnProcfs.mount(directory);
                Namespace first = new JvmHost(procfs.sysctls().toString())
                        .namespace(one.path().toString());
                Namespace second = new JvmHost().namespace(two.path().toString());
                Namespace firstAgain = new JvmHost().namespace(one.path().toString())) {
            first.setParameter(POLICY, "1");
            assertThat(first.parameters(Set.of(POLICY))).containsEntry(POLICY, "1");
            assertThat(firstAgain.parameters(Set.of(POLICY))).containsEntry(POLICY, "1");
            assertThat(second.parameters(Set.of(POLICY))).containsEntry(POLICY, "0");
        }
        try (var left = Files.list(directory)) {
            assertThat(left).as("nothing stays mounted").isEmpty();
        }
    }

    @Test
    void takes_the_machines_own_where_that_can_be_written() throws Exception {
        try (OwnProcfs procfs = OwnProcfs.open(folder.resolve("unused"))) {
            assertThat(procfs.sysctls()).isEqualTo(Path.of("/proc/sys"));
        }
        assertThat(folder.resolve("unused")).doesNotExist();
    }
}
