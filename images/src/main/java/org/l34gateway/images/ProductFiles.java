// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/**
 * What {@code mvn package} left in the repository.
 *
 * @param root of the repository
 * @param version of the reactor, as it stands in the names of our jars
 */
record ProductFiles(Path root, String version) {
    /**
     * The class path of a deployable: its own jar, then {@code target/lib} by name.
     *
     * @throws IllegalStateException when something was not built
     */
    List<Path> classPath(String module) throws IOException {
        var jars = new ArrayList<Path>();
        jars.add(jar(module));
        try (var files = Files.list(existing(root.resolve(module).resolve("target/lib")))) {
            files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(jars::add);
        }
        return jars;
    }

    /** The module's own jar. */
    Path jar(String module) {
        return existing(root.resolve(module).resolve("target").resolve(module + "-" + version + ".jar"));
    }

    boolean isOurs(Path jar) {
        return String.valueOf(jar.getFileName()).endsWith("-" + version + ".jar");
    }

    /**
     * The class that a service starts with: the one in its own jar whose name ends in Main.
     *
     * @throws IllegalStateException when there is none, or more than one
     */
    String mainClass(JavaService service) throws IOException {
        try (var jar = new JarFile(jar(service.module()).toFile())) {
            List<String> mains = jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches("[^$]+Main\\.class"))
                    .map(name -> name.replaceAll("\\.class$", "").replace('/', '.'))
                    .toList();
            if (mains.size() == 1) return mains.getFirst();
            throw new IllegalStateException(
                    "module " + service.module() + " must have one class named …Main, it has " + mains);
        }
    }

    /** A file or folder of the build. */
    Path existing(Path path) {
        if (!Files.exists(path)) throw new IllegalStateException(path + " is missing: build first (mvn package)");
        return path;
    }
}
