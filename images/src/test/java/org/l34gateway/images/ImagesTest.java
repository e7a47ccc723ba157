// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real packages, the real runtime, real archives; the programs run below a changed root. Needs root and apt. */
@Tag("kernel")
class ImagesTest {
    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    private Path root() {
        return folder.resolve("repository");
    }

    /** Packages and runtime come from the usual cache, so that only the first run ever downloads. */
    private Images images() {
        return new Images(root(), Images.usualCache(), said::add);
    }

    @BeforeEach
    void build() throws IOException {
        BuiltProduct.in(root());
    }

    @Test
    void the_same_content_gives_the_same_bytes_and_is_not_built_twice() throws Exception {
        Path first = folder.resolve("first");
        var built = images().buildInto(first, Recipes.NAMES);
        assertThat(built).extracting(BuiltImage::name).isEqualTo(Recipes.NAMES);
        assertThat(built.getFirst().reference()).isEqualTo("l34.local/l34-gateway:" + Images.version());
        said.clear();
        images().buildInto(first, Recipes.NAMES);
        assertThat(said)
                .containsExactly(
                        "image l34-gateway is up to date",
                        "image bird is up to date",
                        "image target-application is up to date");

        // Files that were made anew have other times on disk.
        BuiltProduct.in(root());
        Path second = folder.resolve("second");
        images().buildInto(second, Recipes.NAMES);
        for (String name : Recipes.NAMES)
            assertThat(second.resolve(name + ".tar")).hasSameBinaryContentAs(first.resolve(name + ".tar"));
    }

    @Test
    void a_changed_jar_gives_another_image() throws Exception {
        Path out = folder.resolve("out");
        var before = images().buildInto(out, List.of("target-application")).getFirst();
        Path jar = new ProductFiles(root(), Images.version()).jar("target-application");
        BuiltProduct.file(jar, "another");
        var after = images().buildInto(out, List.of("target-application")).getFirst();
        assertThat(after.fingerprint()).isNotEqualTo(before.fingerprint());
        assertThat(said).last().asString().startsWith("image target-application: ");
    }

    @Test
    void bird_and_its_client_run_with_nothing_but_the_image() throws Exception {
        Path image = unpacked("bird");
        assertThat(inside(image, "/usr/sbin/bird", "-p", "-c", "/etc/bird/bird.conf"))
                .isEmpty();
        assertThatThrownBy(() -> inside(image, "/usr/sbin/birdc", "-s", "/nobody", "show", "status"))
                .hasMessageContaining("Unable to connect to server control socket (/nobody)");
        Path left = Files.createFile(image.resolve("left"));
        assertThat(inside(image, "/bin/rm", "-f", "/left", "/never-there")).isEmpty();
        assertThat(left).doesNotExist();
    }

    @Test
    void java_and_the_shell_run_with_nothing_but_the_image() throws Exception {
        Path image = unpacked("target-application");
        assertThat(inside(image, "/jre/bin/java", "-Xshare:on", "-XX:+UseSerialGC", "--list-modules"))
                .contains("java.net.http@25");
        assertThat(inside(image, "/bin/sh", "-c", "ip -4 address show lo")).contains("127.0.0.1");
    }

    @Test
    void the_archive_of_classes_fits_the_class_path_of_every_service() throws Exception {
        Path image = unpacked("l34-gateway");
        for (var service : JavaService.values()) {
            String arguments = Files.readString(image.resolve("app/" + service.module() + ".args"));
            String classPath = arguments
                    .lines()
                    .dropWhile(line -> !line.equals("-cp"))
                    .skip(1)
                    .findFirst()
                    .orElseThrow();
            // With -Xshare:on the JVM ends when it cannot use the archive.
            String loaded = inside(
                    image,
                    "/jre/bin/java",
                    "-Xshare:on",
                    "-XX:SharedArchiveFile=/app/classes.jsa",
                    "-XX:+UseSerialGC",
                    "-Xlog:class+load",
                    "-cp",
                    classPath,
                    "org.l34gateway.runtime.rehearsal.Rehearsal");
            assertThat(loaded).containsPattern("rehearsal.Rehearsal source: shared objects file");
        }
    }

    @Test
    void what_was_not_built_is_named() throws Exception {
        Path plugin = root().resolve("cni-sbr-plugin/target/native/policy-route");
        Files.delete(plugin);
        assertThatThrownBy(() -> images().buildInto(folder.resolve("out"), List.of("l34-gateway")))
                .hasMessage(plugin + " is missing: build first (mvn package)");
    }

    private Path unpacked(String name) throws IOException, InterruptedException {
        var built = images().buildInto(folder.resolve("out"), List.of(name)).getFirst();
        Path archive = Files.createDirectory(folder.resolve("archive"));
        Path image = Files.createDirectory(folder.resolve("image"));
        Command.output(archive, List.of("tar", "-xf", built.tar().toString()));
        try (var layers = Files.list(archive)) {
            for (Path layer :
                    layers.filter(file -> file.toString().endsWith(".tar.gz")).toList())
                Command.output(image, List.of("tar", "-xzf", layer.toString()));
        }
        Files.createDirectories(image.resolve("proc"));
        return image;
    }

    /** Runs a program of the image in a mount namespace of its own, so that /proc there goes away with it. */
    private String inside(Path image, String... line) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
        all.add("mount -t proc proc " + image + "/proc && exec chroot " + image + " \"$@\"");
        all.add("inside");
        all.addAll(List.of(line));
        return Command.output(folder, all);
    }
}
