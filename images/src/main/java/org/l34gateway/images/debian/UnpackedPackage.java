// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.l34gateway.images.LayerFile;

/** The files of one package below {@code root}. */
record UnpackedPackage(Path root) {
    /** Shared libraries and the loader in the folders where the loader looks without a configuration. */
    private static final Pattern LIBRARY =
            Pattern.compile("/((usr/)?lib(/[a-z0-9_]+-linux-gnu[a-z0-9]*)?|lib64)/[^/]+\\.so(\\.[^/]+)?");

    private static final Pattern LICENCE = Pattern.compile("/usr/share/doc/[^/]+/copyright");

    static UnpackedPackage at(Path root) {
        return new UnpackedPackage(root);
    }

    /**
     * What an image needs. A library stands under the name by which programs ask for it: its own long name, to which
     * that one is a link, would be a second copy.
     */
    List<LayerFile> files(Set<String> programs) throws IOException {
        var files = new ArrayList<LayerFile>();
        var linked = new HashSet<Path>();
        List<Path> all;
        try (var walk = Files.walk(root)) {
            all = walk.sorted().toList();
        }
        for (Path path : all) {
            String target = "/" + root.relativize(path);
            boolean library = LIBRARY.matcher(target).matches();
            if (!library && !LICENCE.matcher(target).matches() && !programs.contains(target)) continue;
            Path content = content(path);
            // A link into another package (a licence that packages share) comes with that package.
            if (!Files.isRegularFile(content)) continue;
            if (library && Files.isSymbolicLink(path) && Objects.equals(content.getParent(), path.getParent()))
                linked.add(content);
            files.add(new LayerFile(content, target, library || programs.contains(target)));
        }
        files.removeIf(
                file -> linked.contains(file.source()) && target(file.source()).equals(file.target()));
        return List.copyOf(files);
    }

    private String target(Path source) {
        return "/" + root.relativize(source);
    }

    /** What a link points to, inside this package: an absolute link means the package's root, not the machine's. */
    private Path content(Path path) throws IOException {
        Path at = path;
        for (int hops = 0; Files.isSymbolicLink(at) && hops < 8; hops++) {
            Path to = Files.readSymbolicLink(at);
            at = to.isAbsolute()
                    ? root.resolve(to.toString().substring(1)).normalize()
                    : at.resolveSibling(to).normalize();
        }
        return at;
    }
}
