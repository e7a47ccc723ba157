// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.install;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies the CNI plugins from the image to the node. A plugin is replaced by one rename, so that a runtime never starts
 * half a file; a plugin that runs keeps its old file. They outlive this process: pods that were attached need the plugins
 * for their DEL.
 *
 * @param from directory in the image
 * @param to the node's CNI plugin directory; it must be there, since only the node knows where it belongs
 */
public record PluginInstall(Path from, Path to) {
    /** Names of the executables, as NetworkAttachmentDefinitions call them. */
    public static final List<String> PLUGINS = List.of("loopback-vip", "policy-route");

    /**
     * Makes the node's plugins those of the image.
     *
     * @return names of those that were not there or had another content
     * @throws IOException when one can not be read or written; those before it are installed
     */
    public List<String> install() throws IOException {
        List<String> changed = new ArrayList<>();
        for (String plugin : PLUGINS) {
            Path source = from.resolve(plugin);
            Path target = to.resolve(plugin);
            if (!Files.exists(target) || Files.mismatch(source, target) >= 0 || !Files.isExecutable(target)) {
                replace(source, fresh(plugin), target);
                changed.add(plugin);
            }
        }
        return changed;
    }

    /**
     * Takes the plugins off the node. The caller knows that no pod needs them any more: without them a DEL fails, and the
     * pod stays.
     *
     * @return names of those that were there
     * @throws IOException when one can not be removed; those before it are
     */
    public List<String> remove() throws IOException {
        List<String> removed = new ArrayList<>();
        for (String plugin : PLUGINS) {
            if (Files.deleteIfExists(to.resolve(plugin))) {
                removed.add(plugin);
            }
            Files.deleteIfExists(fresh(plugin));
        }
        return removed;
    }

    /** Always the same name, so that a copy that was cut short is overwritten by the next one. */
    private Path fresh(String plugin) {
        return to.resolve("." + plugin + ".l34-new");
    }

    private void replace(Path source, Path fresh, Path target) throws IOException {
        Files.copy(source, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        // Else a node that loses power may come back with an empty file under the plugin's name.
        writeThrough(fresh, StandardOpenOption.WRITE);
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        writeThrough(to, StandardOpenOption.READ);
    }

    private static void writeThrough(Path path, OpenOption access) throws IOException {
        try (FileChannel channel = FileChannel.open(path, access)) {
            channel.force(true);
        }
    }
}
