// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.l34gateway.linux.Libc;
import org.l34gateway.netlink.KernelRefused;

/**
 * A place where kernel parameters can be written. A container's {@code /proc/sys} is read-only, so a procfs of our own is
 * mounted where nobody else looks (CAP_SYS_ADMIN); below {@code net} it shows the namespace of the thread that reads.
 */
public final class OwnProcfs implements AutoCloseable {
    private static final Path SYSTEM = Path.of("/proc/sys");
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOEXEC = 8;

    private final @Nullable Path mounted;

    private OwnProcfs(@Nullable Path mounted) {
        this.mounted = mounted;
    }

    /** The machine's own {@code /proc/sys} when it can be written, else a new mount at {@code directory}. */
    public static OwnProcfs open(Path directory) {
        return Files.isWritable(SYSTEM.resolve("net/ipv4/conf/all/forwarding"))
                ? new OwnProcfs(null)
                : mount(directory);
    }

    /**
     * Mounts a procfs.
     *
     * @param directory is made when it is not there
     * @throws KernelRefused EPERM without CAP_SYS_ADMIN, EACCES when AppArmor does not allow mounts
     */
    static OwnProcfs mount(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        int mounted = Libc.mount("proc", directory.toString(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
        if (mounted < 0) {
            throw new KernelRefused("mount", "proc at " + directory, -mounted);
        }
        return new OwnProcfs(directory);
    }

    /** Directory with the parameters: {@code /proc/sys} or the same of the mount. */
    public Path sysctls() {
        return mounted == null ? SYSTEM : mounted.resolve("sys");
    }

    @Override
    public void close() {
        if (mounted != null) {
            Libc.umount(mounted.toString(), Libc.MNT_DETACH);
        }
    }
}
