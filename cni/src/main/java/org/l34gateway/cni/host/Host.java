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

    /** What a symbolic link says, null when it can not be read. */
    @Nullable
    String readlink(String path);

    /** Adds the names in a directory to {@code names}, without {@code .} and {@code ..}, in no order. */
    int list(String directory, List<String> names);

    /** Waits. */
    void pauseMillis(int millis);

    /**
     * Opens a network namespace by path.
     *
     * @throws KernelRefused ENOENT when the path is gone, EINVAL when it is no namespace (any more)
     */
    Namespace namespace(String path);
}
