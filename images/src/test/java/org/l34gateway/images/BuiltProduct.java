// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** A repository as {@code mvn package} leaves it, with jars that hold next to nothing. */
final class BuiltProduct {
    private BuiltProduct() {}

    static void in(Path root) throws IOException {
        String version = Images.version();
        for (var service : JavaService.values()) {
            Path target = root.resolve(service.module()).resolve("target");
            jar(
                    target.resolve(service.module() + "-" + version + ".jar"),
                    Map.of("org/l34gateway/" + service.module() + "/ServiceMain.class", "main"));
            jarOfBytes(target.resolve("lib/runtime-" + version + ".jar"), rehearsal(root));
            jar(target.resolve("lib/slf4j-api-2.0.20.jar"), Map.of("slf4j", "foreign"));
        }
        jar(
                root.resolve("node-agent/target/lib/jna-5.19.1.jar"),
                Map.of(
                        "com/sun/jna/linux-x86-64/libjnidispatch.so", "x86",
                        "com/sun/jna/linux-aarch64/libjnidispatch.so", "arm"));
        file(root.resolve("cni-vip-plugin/target/native/loopback-vip"), "vip");
        file(root.resolve("cni-sbr-plugin/target/native/policy-route"), "routes");
        jar(
                root.resolve("bird-config/target/bird-config-" + version + ".jar"),
                Map.of("org/l34gateway/bird/bird.conf", "router id 0.0.0.1;\nprotocol device {}\n"));
        jar(root.resolve("target-application/target/target-application-" + version + ".jar"), Map.of("a", "b"));
    }

    /** The class that the image build runs, compiled here: it must exist and loads nothing. */
    private static Map<String, byte[]> rehearsal(Path root) throws IOException {
        Path source = Files.createDirectories(root.resolve("rehearsal"));
        Path file = source.resolve("Rehearsal.java");
        Files.writeString(
                file,
                "package org.l34gateway.runtime.rehearsal;"
                        + "public class Rehearsal { public static void main(String[] arguments) {} }");
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", source.toString(), file.toString());
        if (code != 0) throw new IllegalStateException("javac came to " + code);
        String name = "org/l34gateway/runtime/rehearsal/Rehearsal.class";
        return Map.of(name, Files.readAllBytes(source.resolve(name)));
    }

    static void jar(Path jar, Map<String, String> entries) throws IOException {
        var bytes = new TreeMap<String, byte[]>();
        entries.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
        jarOfBytes(jar, bytes);
    }

    private static void jarOfBytes(Path jar, Map<String, byte[]> entries) throws IOException {
        Files.createDirectories(jar.getParent());
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (var entry : new TreeMap<>(entries).entrySet()) {
                var header = new ZipEntry(entry.getKey());
                // As the build does it: a jar's bytes do not depend on when it was made.
                header.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
                zip.putNextEntry(header);
                zip.write(entry.getValue());
            }
        }
    }

    static void file(Path path, String text) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
