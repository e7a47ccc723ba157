// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.l34gateway.bench.dataplane.Tool;

/**
 * Programs in Go that are built once. The module is a folder of this package's resources; its go.mod and go.sum pin all versions.
 *
 * @param name of the folder
 * @param sources names of its files
 * @param packages that are programs
 */
record GoModule(String name, List<String> sources, List<String> packages) {
    /** As for releases: small, and the same wherever it is built. */
    private static final List<String> FLAGS = List.of("-trimpath", "-buildvcs=false", "-ldflags", "-s -w");

    private static final Path INSTALLED = Path.of("/usr/local/go/bin/go");

    GoModule {
        sources = List.copyOf(sources);
        packages = List.copyOf(packages);
    }

    /**
     * A folder with the programs; builds them, unless the cache of the caller has them.
     *
     * @throws IllegalStateException when there is no Go or it fails; the message says what to do
     */
    Path ready(Consumer<String> say) {
        Path folder = cache().resolve(name + "-" + key());
        if (!Files.isDirectory(folder)) {
            say.accept("building " + name + " in Go, once");
            try {
                build(folder);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        return folder;
    }

    /** Where Go is, also where its own installer puts it. */
    static Path go() {
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return Stream.concat(
                        Stream.of(path.split(":"))
                                .filter(folder -> !folder.isEmpty())
                                .map(folder -> Path.of(folder, "go")),
                        Stream.of(INSTALLED))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "Go 1.26 or newer is needed to build the plugins in Go: install it in PATH or /usr/local/go"));
    }

    /** The folder appears when everything is in it. */
    private void build(Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        Path work = Files.createTempDirectory(folder.getParent(), "build-");
        Path result = Files.createDirectory(work.resolve("result"));
        for (String source : sources) {
            Files.write(work.resolve(source), content(source));
        }
        List<String> words = new ArrayList<>(List.of(
                "env", "-C", work.toString(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", go().toString(), "build"));
        words.addAll(FLAGS);
        words.addAll(List.of("-o", result + "/"));
        words.addAll(packages);
        try {
            Tool.run(words);
            Files.move(result, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException | FileAlreadyExistsException madeMeanwhile) {
            // Another run was faster; what it has built is the same.
        } finally {
            Folders.delete(work);
        }
    }

    private static Path cache() {
        String base = System.getenv("XDG_CACHE_HOME");
        Path folder =
                base == null || base.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return folder.resolve("l34-gateway").resolve("bench");
    }

    /** Twelve hex digits over all that decides what is built. */
    private String key() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            sources.forEach(source -> digest.update(content(source)));
            digest.update((FLAGS + " " + packages).getBytes(UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private byte[] content(String source) {
        String path = name + "/" + source;
        try (InputStream text = Objects.requireNonNull(GoModule.class.getResourceAsStream(path), path)) {
            return text.readAllBytes();
        } catch (IOException failed) {
            throw new UncheckedIOException(path, failed);
        }
    }
}
