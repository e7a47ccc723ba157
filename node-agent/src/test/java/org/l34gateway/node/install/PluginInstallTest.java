// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginInstallTest {
    @TempDir
    Path folder;

    Path image;
    Path node;

    @BeforeEach
    void twoFolders() throws IOException {
        image = Files.createDirectory(folder.resolve("image"));
        node = Files.createDirectory(folder.resolve("node"));
        Files.writeString(image.resolve("loopback-vip"), "vip 1");
        Files.writeString(image.resolve("policy-route"), "route 1");
    }

    @Test
    void installs_both_executable_and_only_once() throws IOException {
        PluginInstall install = new PluginInstall(image, node);
        assertThat(install.install()).containsExactly("loopback-vip", "policy-route");
        assertThat(node.resolve("policy-route")).hasContent("route 1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(node.resolve("policy-route"))))
                .isEqualTo("rwxr-xr-x");
        assertThat(install.install()).isEmpty();
    }

    @Test
    void replaces_what_differs_and_leaves_running_ones_their_file() throws IOException {
        PluginInstall install = new PluginInstall(image, node);
        install.install();
        Object before = Files.getAttribute(node.resolve("loopback-vip"), "unix:ino");
        Object other = Files.getAttribute(node.resolve("policy-route"), "unix:ino");
        Files.writeString(image.resolve("loopback-vip"), "vip 2");
        assertThat(install.install()).containsExactly("loopback-vip");
        assertThat(node.resolve("loopback-vip")).hasContent("vip 2");
        assertThat(Files.getAttribute(node.resolve("loopback-vip"), "unix:ino")).isNotEqualTo(before);
        assertThat(Files.getAttribute(node.resolve("policy-route"), "unix:ino")).isEqualTo(other);
    }

    @Test
    void leaves_nothing_else_and_touches_no_other_plugin() throws IOException {
        Files.writeString(node.resolve("bridge"), "theirs");
        Files.writeString(node.resolve(".loopback-vip.l34-new"), "cut short");
        new PluginInstall(image, node).install();
        try (var names = Files.list(node)) {
            assertThat(names.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("bridge", "loopback-vip", "policy-route");
        }
    }

    @Test
    void removes_both_and_what_was_cut_short_and_no_other_plugin() throws IOException {
        Files.writeString(node.resolve("bridge"), "theirs");
        PluginInstall install = new PluginInstall(image, node);
        install.install();
        Files.writeString(node.resolve(".loopback-vip.l34-new"), "cut short");
        assertThat(install.remove()).containsExactly("loopback-vip", "policy-route");
        assertThat(install.remove()).isEmpty();
        try (var names = Files.list(node)) {
            assertThat(names.map(path -> path.getFileName().toString())).containsExactly("bridge");
        }
    }

    @Test
    void a_node_without_plugin_directory_is_an_error() {
        assertThatIOException().isThrownBy(() -> new PluginInstall(image, folder.resolve("absent")).install());
    }
}
