// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.netlink.KernelRefused;

/**
 * The machine, as thin as possible: what is above it runs unchanged on the JVM and in the native executables, so tests on
 * one speak for both. Numbers are results of the C function of the same name, negative ones -errno. Paths are absolute.
 */
public interface Host {
    int O_RDONLY = 0;
    int O_WRONLY = 0x1;
    int O_RDWR = 0x2;
    int O_CREAT = 0x40;
    int O_TRUNC = 0x200;

    int STDIN = 0;
    int STDOUT = 1;
    int STDERR = 2;

    /** An environment variable, null when it is not set. */
    @Nullable
    String env(String name);

    /** Opens a file, close-on-exec. */
    int open(String path, int flags, int mode);

    int read(int fd, byte[] buffer);

    /** Writes bytes from {@code from} on; may write fewer than there are. */
    int write(int fd, byte[] bytes, int from);

    int close(int fd);

    int rename(String from, String to);

    int unlink(String path);

    int mkdir(String path, int mode);

    /** Takes the exclusive lock of an open file without waiting; {@code EAGAIN} when somebody has it. */
    int tryLock(int fd);

    /** Whether a path leads to the file that is open. */
    boolean isAt(int fd, String path);

    /** Adds the names in a directory that begin with {@code prefix} to {@code names}, in no order; not {@code .} and {@code ..}. */
    int list(String directory, String prefix, List<String> names);

    /** Waits. */
    void pauseMillis(int millis);

    /**
     * Opens a network namespace by path.
     *
     * @throws KernelRefused ENOENT when the path is gone, EINVAL when it is no namespace (any more)
     */
    Namespace namespace(String path);
}
