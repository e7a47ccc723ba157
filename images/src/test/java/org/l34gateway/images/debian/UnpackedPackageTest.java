// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.images.LayerFile;

class UnpackedPackageTest {
    @TempDir
    Path root;

    @BeforeEach
    void unpack() throws IOException {
        file("usr/lib/x86_64-linux-gnu/libfoo.so.1.2.3");
        link("usr/lib/x86_64-linux-gnu/libfoo.so.1", "libfoo.so.1.2.3");
        file("lib/x86_64-linux-gnu/libc.so.6");
        file("lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
        link("lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
        file("usr/lib/x86_64-linux-gnu/gconv/UTF-7.so");
        file("usr/sbin/bird");
        file("usr/sbin/other");
        file("usr/share/doc/foo/copyright");
        link("usr/share/doc/bar/copyright", "../not-in-this-package/copyright");
        file("usr/share/doc/foo/changelog.gz");
    }

    private void file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, path);
    }

    private void link(String path, String to) throws IOException {
        Path link = root.resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(to));
    }

    @Test
    void libraries_licences_and_named_programs_are_taken_each_once() throws IOException {
        Path lib = root.resolve("lib/x86_64-linux-gnu");
        Path usr = root.resolve("usr");
        assertThat(UnpackedPackage.at(root).files(Set.of("/usr/sbin/bird")))
                .containsExactlyInAnyOrder(
                        new LayerFile(
                                usr.resolve("lib/x86_64-linux-gnu/libfoo.so.1.2.3"),
                                "/usr/lib/x86_64-linux-gnu/libfoo.so.1",
                                true),
                        new LayerFile(lib.resolve("libc.so.6"), "/lib/x86_64-linux-gnu/libc.so.6", true),
                        new LayerFile(
                                lib.resolve("ld-linux-x86-64.so.2"),
                                "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
                                true),
                        new LayerFile(lib.resolve("ld-linux-x86-64.so.2"), "/lib64/ld-linux-x86-64.so.2", true),
                        new LayerFile(usr.resolve("sbin/bird"), "/usr/sbin/bird", true),
                        new LayerFile(usr.resolve("share/doc/foo/copyright"), "/usr/share/doc/foo/copyright", false));
    }
}
