// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.debian;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.l34gateway.images.Command;
import org.l34gateway.images.Layer;
import org.l34gateway.images.LayerFile;

/**
 * Layers out of Debian packages.
 *
 * @param cache folder of the unpacked packages, one per name, version and architecture; outside the repository
 * @param progress told each package that is downloaded
 */
public record DebianPackages(Path cache, Consumer<String> progress) {
    /** Needed while a package is being installed only: its scripts call them, its programs do not. */
    private static final Set<String> FOR_INSTALLATION =
            Set.of("adduser", "debconf", "dpkg", "init-system-helpers", "install-info", "readline-common", "ucf");

    /**
     * Libraries and licences of the packages and of everything they depend on, and the programs that are named.
     *
     * @param programs absolute paths in the packages, such as {@code /usr/sbin/bird}
     * @throws IllegalStateException when apt does not know a package, or a program is in none of them
     * @throws IOException when a download or the cache fails
     */
    public Layer layer(String name, List<String> packages, List<String> programs)
            throws IOException, InterruptedException {
        var files = new TreeMap<String, LayerFile>();
        for (var stanza : closure(packages)) {
            for (var file : UnpackedPackage.at(unpacked(stanza)).files(Set.copyOf(programs)))
                files.put(file.target(), file);
        }
        var missing = new TreeSet<>(programs);
        missing.removeAll(files.keySet());
        if (!missing.isEmpty()) throw new IllegalStateException("no package of " + packages + " has " + missing);
        return new Layer(name, List.copyOf(files.values()));
    }

    /** The packages and all that they need at run time, sorted by name. */
    private List<Stanza> closure(List<String> roots) throws IOException, InterruptedException {
        var known = new TreeMap<String, Stanza>();
        var asked = new TreeSet<>(roots);
        while (!asked.isEmpty()) {
            Map<String, Stanza> answer = show(asked);
            var unknown = new TreeSet<>(asked);
            unknown.removeAll(answer.keySet());
            if (!unknown.isEmpty())
                throw new IllegalStateException("apt does not know " + unknown + "; try apt-get update");
            known.putAll(answer);
            asked.clear();
            answer.values().forEach(stanza -> asked.addAll(stanza.dependencies()));
            asked.removeAll(known.keySet());
            asked.removeAll(FOR_INSTALLATION);
        }
        return List.copyOf(known.values());
    }

    private Map<String, Stanza> show(Set<String> names) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of("apt-cache", "show", "--no-all-versions"));
        line.addAll(names);
        return Stanza.parse(Command.output(Path.of("/"), line));
    }

    /** Folder with the package's files; downloads and unpacks it when it is not there yet. */
    private Path unpacked(Stanza stanza) throws IOException, InterruptedException {
        Path folder = cache.resolve(stanza.folder());
        if (Files.isDirectory(folder)) return folder;
        progress.accept("download Debian package " + stanza.name() + " " + stanza.version());
        Path work = Files.createTempDirectory(Files.createDirectories(cache), "unpack-");
        try {
            Command.output(work, List.of("apt-get", "download", stanza.name() + "=" + stanza.version()));
            Path archive;
            try (var files = Files.list(work)) {
                archive = files.filter(file -> file.toString().endsWith(".deb"))
                        .findFirst()
                        .orElseThrow(() -> new IOException("apt-get download left no .deb for " + stanza));
            }
            Path content = work.resolve("content");
            Command.output(work, List.of("dpkg-deb", "--extract", archive.toString(), content.toString()));
            Files.move(content, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException lost) {
            // Another build unpacked the same package meanwhile: its folder is as good as ours.
            if (!Files.isDirectory(folder)) throw lost;
        } finally {
            Command.output(Path.of("/"), List.of("rm", "-rf", work.toString()));
        }
        return folder;
    }
}
