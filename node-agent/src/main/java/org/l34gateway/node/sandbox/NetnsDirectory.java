// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.l34gateway.cni.host.Host;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.Rtnetlink;

/**
 * The runtime's bind mounts of network namespaces.
 *
 * @param directory where this process sees them, such as {@code /run/netns}
 */
record NetnsDirectory(Host host, Path directory) {
    private static final Pattern CONTAINER_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    /**
     * The path by which this process reaches a namespace that somebody recorded: runtimes write {@code /var/run/netns},
     * which a container need not have. A path below {@code /proc} names a process of another PID namespace.
     */
    Optional<String> locate(String recorded) {
        if (recorded.isEmpty() || recorded.startsWith("/proc/")) {
            return Optional.empty();
        }
        Path path = Path.of(recorded);
        Path ours = directory.resolve(path.getFileName().toString());
        return Files.exists(ours)
                ? Optional.of(ours.toString())
                : Files.exists(path) ? Optional.of(recorded) : Optional.empty();
    }

    /** Every namespace in the directory; the name of its mount stands for the sandbox. */
    List<SandboxChoice.Room> all() {
        List<SandboxChoice.Room> rooms = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                // The name becomes a container id in records, so it must be one that CNI allows.
                if (CONTAINER_ID.matcher(name).matches()) {
                    room(new Sandbox(name, path.toString())).ifPresent(rooms::add);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return rooms;
    }

    /** A namespace with its addresses; empty when the path is none any more. */
    Optional<SandboxChoice.Room> room(Sandbox sandbox) {
        try (Namespace netns = host.namespace(sandbox.netns())) {
            return Optional.of(new SandboxChoice.Room(
                    sandbox, SandboxReading.addressesOutsideLoopback(new Rtnetlink(netns.netlink()))));
        } catch (KernelRefused refused) {
            // EINVAL: a plain file, left from a namespace or not yet one.
            if (refused.errno() == Errno.ENOENT || refused.errno() == Errno.EINVAL) {
                return Optional.empty();
            }
            throw refused;
        }
    }
}
