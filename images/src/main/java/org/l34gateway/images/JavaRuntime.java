// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * A runtime cut out of the JDK that runs this build.
 *
 * @param home of the runtime, in the cache
 */
record JavaRuntime(Path home) {
    /** Where it is in an image. */
    static final String TARGET = "/jre";

    /**
     * What the services use, and their libraries: java.desktop for the bean property names that SnakeYAML and Logback
     * ask for would be 15 MiB more and both do without.
     */
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.security.jgss",
            "java.sql",
            "java.xml",
            "jdk.httpserver",
            "jdk.management",
            "jdk.net",
            "jdk.unsupported");

    /**
     * Module images stay uncompressed: the file is mapped and shared by all JVMs of a node, while a compressed one is
     * unpacked into memory of each. Only Java's debug attributes are stripped; the JDK's native libraries already are.
     */
    private static final List<String> OPTIONS =
            List.of("--strip-java-debug-attributes", "--no-header-files", "--no-man-pages", "--compress=zip-0");

    /** The runtime from {@code cache}, made there when it is not there yet. */
    static JavaRuntime in(Path cache, Consumer<String> progress) throws IOException, InterruptedException {
        Path jdk = Path.of(System.getProperty("java.home"));
        Path folder = cache.resolve("jre-" + key(jdk));
        if (!Files.isDirectory(folder)) {
            progress.accept("cut the Java runtime out of the JDK");
            Path work = Files.createTempDirectory(Files.createDirectories(cache), "jlink-");
            Path home = work.resolve("jre");
            try {
                var line = new ArrayList<>(List.of(jdk.resolve("bin/jlink").toString()));
                line.addAll(List.of("--add-modules", String.join(",", MODULES), "--output", home.toString()));
                line.addAll(OPTIONS);
                Command.output(work, line);
                // The JDK's own classes as the JVM wants them in memory, for small heaps with compressed pointers.
                Command.output(work, List.of(home.resolve("bin/java").toString(), "-XX:+UseSerialGC", "-Xshare:dump"));
                Files.move(home, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException lost) {
                // Another build made the same runtime meanwhile.
                if (!Files.isDirectory(folder)) throw lost;
            } finally {
                Command.output(Path.of("/"), List.of("rm", "-rf", work.toString()));
            }
        }
        return new JavaRuntime(folder);
    }

    Layer layer() throws IOException {
        var files = new ArrayList<LayerFile>();
        try (var walk = Files.walk(home)) {
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                String below = home.relativize(path).toString();
                if (below.startsWith("bin/") && !below.equals("bin/java")) continue;
                boolean executable = Files.isExecutable(path);
                files.add(new LayerFile(path, TARGET + "/" + below, executable));
            }
        }
        return new Layer("java-runtime", files);
    }

    private static String key(Path jdk) throws IOException {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            hash.update(Files.readAllBytes(jdk.resolve("release")));
            hash.update((MODULES + " " + OPTIONS).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash.digest(), 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
