// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.l34gateway.lab.process.Progress;

/**
 * Where built tools are kept: {@code ROOT/tools/NAME-VERSION-KEY}. The key is a hash over everything that decides what is
 * built, so a folder that is there is complete and right.
 *
 * @param root usually ~/.cache/l34-gateway
 */
public record ToolCache(Path root) {
    /** What a tool's folder among the resources holds. */
    static final List<String> PINS = List.of("go.mod", "go.sum", "tools.go");

    private static final int BUILDS_AT_ONCE = 2;

    /** The cache of the caller: {@code $XDG_CACHE_HOME/l34-gateway}, without that variable {@code ~/.cache/l34-gateway}. */
    public static ToolCache ofCaller() {
        String base = System.getenv("XDG_CACHE_HOME");
        Path folder =
                base == null || base.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return new ToolCache(folder.resolve("l34-gateway"));
    }

    /** All tools of the catalogue; builds what is missing, two at a time, and says so. */
    public Tools ready(Progress progress) {
        var folders = new TreeMap<String, Path>();
        try (var builders = Executors.newFixedThreadPool(BUILDS_AT_ONCE)) {
            var builds = new TreeMap<String, Future<Path>>();
            for (Tool tool : Catalogue.ALL) {
                Path folder = folder(tool);
                if (Files.isDirectory(folder)) {
                    folders.put(tool.name(), folder);
                } else {
                    builds.put(tool.name(), builders.submit(() -> new ToolBuild(tool, folder, progress).run()));
                }
            }
            for (Map.Entry<String, Future<Path>> build : builds.entrySet()) {
                folders.put(build.getKey(), result(build.getValue()));
            }
        }
        return new Tools(folders);
    }

    /** Tools that are not built yet. */
    public List<Tool> missing() {
        return Catalogue.ALL.stream()
                .filter(tool -> !Files.isDirectory(folder(tool)))
                .toList();
    }

    /** Where {@code tool} is or will be. */
    Path folder(Tool tool) {
        return root.resolve("tools").resolve(tool.name() + "-" + tool.version() + "-" + key(tool));
    }

    /** Twelve hex digits over the pins and the build's flags. */
    static String key(Tool tool) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            PINS.forEach(file -> digest.update(pin(tool, file)));
            digest.update(ToolBuild.flags(tool).toString().getBytes(StandardCharsets.UTF_8));
            digest.update(new TreeMap<>(tool.programs()).toString().getBytes(StandardCharsets.UTF_8));
            digest.update(tool.files().toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Content of go.mod, go.sum or tools.go of {@code tool}. */
    static byte[] pin(Tool tool, String file) {
        String name = "/org/l34gateway/lab/tools/" + tool.name() + "/" + file;
        try (var content = ToolCache.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return content.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    private static Path result(Future<Path> build) {
        try {
            return build.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while tools were built", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
