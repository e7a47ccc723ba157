// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The classes that every service loads, in the form in which the JVM keeps them in memory (AppCDS): the pages are mapped
 * from the file instead of being made by each process. The JVM checks that runtime and jars are those of the archive, by
 * size and time, and goes on without it when they are not.
 */
record ClassArchive(Path cache, JavaRuntime runtime, Consumer<String> progress) {
    /** Runs what the services have in common, without a cluster. */
    private static final String REHEARSAL = "org.l34gateway.runtime.rehearsal.Rehearsal";

    private static final List<String> FLAGS =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED");

    /**
     * The archive for a class path, made when the cache does not have it yet: it depends on every jar and on the
     * runtime.
     *
     * @param jars in the order of the class path
     * @param work an empty folder; afterwards it holds the jars with the time that they have in the image
     */
    Path of(List<LayerFile> jars, Path work) throws IOException, InterruptedException {
        Path archive = cache.resolve("classes-" + key(jars) + ".jsa");
        if (Files.exists(archive)) return archive;
        progress.accept("archive the classes that the services load");
        String classPath = staged(jars, work);
        Path list = work.resolve("classes.lst");
        java(work, "-XX:DumpLoadedClassList=" + list, "-cp", classPath, REHEARSAL);
        Path fresh = work.resolve("classes.jsa");
        java(
                work,
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + list,
                "-XX:SharedArchiveFile=" + fresh,
                "-cp",
                classPath);
        Files.createDirectories(cache);
        Path whole = cache.resolve(
                archive.getFileName() + "." + ProcessHandle.current().pid());
        Files.copy(fresh, whole, StandardCopyOption.REPLACE_EXISTING);
        return Files.move(whole, archive, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Copies with the image's time, below the folders that they have there: only what is in front may differ. */
    private static String staged(List<LayerFile> jars, Path work) throws IOException {
        var classPath = new ArrayList<String>();
        for (var jar : jars) {
            Path copy = work.resolve(jar.target().substring(1));
            Files.createDirectories(work.resolve("app/lib"));
            Files.copy(jar.source(), copy);
            Files.setLastModifiedTime(copy, FileTime.from(ImageTar.TIME));
            classPath.add(copy.toString());
        }
        return String.join(":", classPath);
    }

    private void java(Path work, String... arguments) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of(runtime.home().resolve("bin/java").toString()));
        line.addAll(FLAGS);
        line.addAll(List.of(arguments));
        Command.output(work, line);
    }

    private String key(List<LayerFile> jars) throws IOException {
        var recipe = new Recipe(
                runtime.home().getFileName().toString(), List.of(new Layer("jars", jars)), FLAGS, List.of(), Map.of());
        return recipe.fingerprint().substring(0, 16);
    }
}
