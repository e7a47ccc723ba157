// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On folders that look like the kernel's: this tells what is read and written, not what the kernel does with it. */
class CgroupsTest {
    @TempDir
    private Path root = Path.of("");

    @Test
    void version_1_gets_a_group_in_every_hierarchy_with_processors_copied() throws IOException {
        for (String hierarchy : new String[] {"cpuset", "memory"}) {
            Files.createFile(Files.createDirectory(root.resolve(hierarchy)).resolve("cgroup.procs"));
        }
        Files.writeString(root.resolve("cpuset/cpuset.cpus"), "0-1\n");
        // The kernel makes these files with the group.
        Files.createFile(Files.createDirectory(root.resolve("cpuset/lab")).resolve("cpuset.cpus"));

        var cgroups = new Cgroups(root);
        cgroups.create("lab");

        assertThat(cgroups.unified()).isFalse();
        assertThat(root.resolve("memory/lab")).isDirectory();
        assertThat(root.resolve("cpuset/lab/cpuset.cpus")).hasContent("0-1");
        assertThat(cgroups.exists("lab")).isTrue();
    }

    @Test
    void version_2_gets_its_controllers_handed_down() throws IOException {
        Files.writeString(root.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
        Files.writeString(Files.createDirectory(root.resolve("lab")).resolve("cgroup.controllers"), "cpu memory\n");

        var cgroups = new Cgroups(root);
        cgroups.create("lab");

        assertThat(cgroups.unified()).isTrue();
        assertThat(root.resolve("cgroup.subtree_control")).hasContent("+pids");
        assertThat(root.resolve("lab/cgroup.subtree_control")).hasContent("+memory");
    }

    @Test
    void anonymous_memory_is_read_as_each_version_calls_it() throws IOException {
        Path one = Files.createDirectories(root.resolve("one/memory/lab/kubepods/poda/c0ffee"));
        Files.writeString(one.resolve("memory.stat"), "cache 1\nrss 2\ntotal_cache 3\ntotal_rss 4096\n");
        assertThat(new Cgroups(root.resolve("one")).anonymousBytes("lab", "c0ffee"))
                .hasValue(4096);

        Path two = Files.createDirectories(root.resolve("two/lab/kubepods/poda/c0ffee"));
        Files.createFile(root.resolve("two/cgroup.controllers"));
        Files.writeString(two.resolve("memory.stat"), "anon 8192\nfile 1\n");
        assertThat(new Cgroups(root.resolve("two")).anonymousBytes("lab", "c0ffee"))
                .hasValue(8192);
        assertThat(new Cgroups(root.resolve("two")).anonymousBytes("lab", "gone"))
                .isEmpty();
    }
}
