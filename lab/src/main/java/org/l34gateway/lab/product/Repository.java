// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.product;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.l34gateway.lab.process.Command;

/**
 * This repository with its build folders.
 *
 * @param root where the top pom is
 */
public record Repository(Path root) {
    private static final Duration BUILD_LIMIT = Duration.ofMinutes(30);

    /** The one that {@code ./l34} or Maven runs in: system property {@code l34.root}. */
    public static Repository ofThisRun() {
        return new Repository(Path.of(System.getProperty("l34.root", "")).toAbsolutePath());
    }

    /** Packages every module without its tests, unless that was done since the last change of a source. */
    public void build() {
        Path stamp = root.resolve("lab/target/product.stamp");
        try {
            FileTime begin = FileTime.fromMillis(System.currentTimeMillis());
            if (Files.exists(stamp) && newestSource().compareTo(Files.getLastModifiedTime(stamp)) < 0) {
                return;
            }
            Command.of("mvn", "--batch-mode", "-q", "package", "-DskipTests", "-Dnative.required=true")
                    .with("JAVA_HOME", System.getProperty("java.home"))
                    .in(root)
                    .run(BUILD_LIMIT)
                    .orThrow();
            Files.writeString(stamp, "");
            Files.setLastModifiedTime(stamp, begin);
        } catch (IOException e) {
            throw new UncheckedIOException("build of " + root, e);
        }
    }

    private FileTime newestSource() throws IOException {
        var newest = new Newest();
        Files.walkFileTree(root, newest);
        return newest.time;
    }

    private static final class Newest extends SimpleFileVisitor<Path> {
        private FileTime time = FileTime.fromMillis(0);

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = String.valueOf(folder.getFileName());
            return name.equals("target") || name.equals(".git")
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String path = file.toString();
            boolean source = path.contains("/src/main/") || path.endsWith("pom.xml");
            if (source && attributes.lastModifiedTime().compareTo(time) > 0) {
                time = attributes.lastModifiedTime();
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
