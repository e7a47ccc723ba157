// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.l34gateway.lab.process.Progress;

/**
 * The machine's control groups, of version 1 (a hierarchy per controller) or 2 (one for all).
 *
 * @param root usually /sys/fs/cgroup
 */
public record Cgroups(Path root) {
    public static final Cgroups OF_THIS_MACHINE = new Cgroups(Path.of("/sys/fs/cgroup"));

    /** What a kubelet asks for where the kernel has it. */
    private static final List<String> CONTROLLERS = List.of("cpu", "cpuset", "memory", "pids", "hugetlb");

    /** Version 2 alone has this file at the top. */
    public boolean unified() {
        return Files.exists(root.resolve("cgroup.controllers"));
    }

    /** Makes group {@code name} at the top of every hierarchy, ready to have children with limits. */
    public void create(String name) throws IOException {
        if (unified()) {
            enableControllers(root);
            enableControllers(Files.createDirectories(root.resolve(name)));
            return;
        }
        for (Path hierarchy : hierarchies()) {
            Path group = Files.createDirectories(hierarchy.resolve(name));
            // A group without processors and memory nodes can not hold a process (cpusets(7)).
            for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
                if (Files.exists(group.resolve(file))) {
                    Files.writeString(group.resolve(file), Files.readString(hierarchy.resolve(file)));
                }
            }
        }
    }

    /** Removes group {@code name} with its children everywhere; the kernel may need a moment after the last process. */
    public void remove(String name) {
        for (Path hierarchy : hierarchies()) {
            Path group = hierarchy.resolve(name);
            Progress.await("removal of " + group, Duration.ofSeconds(30), () -> removed(group));
        }
    }

    /** Whether group {@code name} is in any hierarchy. */
    public boolean exists(String name) {
        return hierarchies().stream().anyMatch(hierarchy -> Files.exists(hierarchy.resolve(name)));
    }

    /**
     * Anonymous memory in bytes of the group whose path below {@code name} ends in {@code leaf} (a container's id); empty when
     * there is none. Version 1 counts it as {@code total_rss}, version 2 as {@code anon}.
     */
    public OptionalLong anonymousBytes(String name, String leaf) {
        Path top = (unified() ? root : root.resolve("memory")).resolve(name);
        try (Stream<Path> groups =
                Files.find(top, 6, (path, _) -> path.getFileName().toString().endsWith(leaf))) {
            return groups.findFirst().map(this::anonymousBytes).orElse(OptionalLong.empty());
        } catch (IOException | UncheckedIOException e) { // groups come and go while they are looked at
            return OptionalLong.empty();
        }
    }

    private OptionalLong anonymousBytes(Path group) {
        String key = unified() ? "anon " : "total_rss ";
        try (Stream<String> lines = Files.lines(group.resolve("memory.stat"))) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.substring(key.length())))
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private List<Path> hierarchies() {
        if (unified()) {
            return List.of(root);
        }
        try (Stream<Path> entries = Files.list(root)) {
            // Names like cpu,cpuacct have symbolic links beside them that lead to the same hierarchy.
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .filter(entry -> Files.exists(entry.resolve("cgroup.procs")))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void enableControllers(Path group) throws IOException {
        String available = Files.readString(group.resolve("cgroup.controllers"));
        for (String controller : CONTROLLERS) {
            if (List.of(available.strip().split(" ")).contains(controller)) {
                Files.writeString(group.resolve("cgroup.subtree_control"), "+" + controller);
            }
        }
    }

    private static boolean removed(Path group) {
        try {
            Files.walkFileTree(group, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem)
                        throws IOException {
                    Files.delete(folder); // the files in it are the kernel's and go with it
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException problem) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    return FileVisitResult.CONTINUE;
                }
            });
            return !Files.exists(group);
        } catch (IOException e) {
            return !Files.exists(group);
        }
    }
}
