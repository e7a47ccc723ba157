// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.l34gateway.linux.Libc;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Netns;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Rtnetlink;

/**
 * An empty network namespace with a path, as a container runtime hands it to a CNI plugin; {@code lo} is up. Closing it
 * unmounts the path.
 */
public final class ScratchNetns implements AutoCloseable {
    private final Path path;

    private ScratchNetns(Path path) {
        this.path = path;
    }

    /** Makes one at a path that nobody else has. Needs root. */
    public static ScratchNetns create() {
        try {
            Path path = Files.createTempFile("l34-netns-", "");
            var made = new FutureTask<>(() -> {
                check("unshare", Libc.unshare(Libc.CLONE_NEWNET));
                switchLoopbackOn();
                check("mount", Libc.mount("/proc/thread-self/ns/net", path.toString(), null, Libc.MS_BIND));
                return path;
            });
            Thread.ofPlatform().name("make " + path).start(made);
            return new ScratchNetns(made.get());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (Exception failed) {
            throw new IllegalStateException("no scratch namespace", failed);
        }
    }

    static void switchLoopbackOn() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            new Rtnetlink(socket).setUp(1, true); // lo is always the first interface
        }
    }

    /** The path to give to a plugin. */
    public Path path() {
        return path;
    }

    /** Runs work inside. */
    public <T extends @org.jspecify.annotations.Nullable Object> T call(Callable<T> work) {
        try (Netns netns = Netns.open(path)) {
            return netns.call(work);
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    /**
     * The interface of this name inside.
     *
     * @throws NullPointerException when there is none; the message is the name
     */
    public Link link(String name) {
        return call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                return Objects.requireNonNull(new Rtnetlink(socket).link(name), name);
            }
        });
    }

    @Override
    public void close() {
        Libc.umount(path.toString(), Libc.MNT_DETACH);
        try {
            Files.deleteIfExists(path);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static void check(String call, int result) {
        if (result < 0) {
            throw new KernelRefused(call, "scratch namespace", -result);
        }
    }
}
