// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The built tools.
 *
 * @param folders tool's name → its folder in the cache: programs at the top, copied files in {@code files}
 */
public record Tools(Map<String, Path> folders) {
    public Tools {
        folders = Map.copyOf(folders);
    }

    /**
     * Path of program {@code name}.
     *
     * @throws IllegalArgumentException when no tool has it
     */
    public Path program(String name) {
        for (Path folder : folders.values()) {
            if (Files.isExecutable(folder.resolve(name))) {
                return folder.resolve(name);
            }
        }
        throw new IllegalArgumentException("no tool has a program " + name);
    }

    /** CRDs of the Gateway API (standard channel) and of whereabouts, sorted by name. */
    public List<Path> crds() {
        return Stream.of(Catalogue.GATEWAY_API, Catalogue.WHEREABOUTS)
                .flatMap(tool -> files(tool).stream())
                .toList();
    }

    /** PATH for programs of the lab: the tools first. */
    public String path() {
        var sorted = new TreeMap<>(folders);
        var path = new StringBuilder();
        sorted.values().forEach(folder -> path.append(folder).append(':'));
        return path.append("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
                .toString();
    }

    private List<Path> files(Tool tool) {
        Path folder = folders.get(tool.name());
        if (folder == null) {
            throw new IllegalArgumentException(tool + " is not built");
        }
        try (Stream<Path> files = Files.list(folder.resolve("files"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
