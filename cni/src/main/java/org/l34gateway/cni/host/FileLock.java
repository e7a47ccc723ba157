// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import org.jspecify.annotations.Nullable;
import org.l34gateway.netlink.Errno;

/**
 * An exclusive lock between processes: flock(2) on a file of its own, which its last holder may remove. It ends with the
 * process, however that ends. Threads of one process exclude each other too, because each opens the file anew.
 */
public final class FileLock implements AutoCloseable {
    private static final int RETRY_MILLIS = 5;

    private final Host host;
    private final String path;
    private final int fd;

    private FileLock(Host host, String path, int fd) {
        this.host = host;
        this.path = path;
        this.fd = fd;
    }

    /** Waits for the lock for so long, in steps of 5 ms, because flock knows no time limit. Null when it did not come. */
    public static @Nullable FileLock take(Host host, String path, int waitMillis) {
        int waited = 0;
        while (true) {
            int fd = HostFiles.check("open", path, host.open(path, Host.O_RDWR | Host.O_CREAT, 0600));
            int locked = host.tryLock(fd);
            if (locked == 0 && isStillAt(host, fd)) {
                return new FileLock(host, path, fd);
            }
            host.close(fd);
            if (locked < 0) {
                if (locked != -Errno.EAGAIN && locked != -Errno.EINTR) {
                    HostFiles.check("flock", path, locked);
                }
                if (waited >= waitMillis) {
                    return null;
                }
                host.pauseMillis(RETRY_MILLIS);
                waited += RETRY_MILLIS;
            }
        }
    }

    /** Whoever waited for a file that its holder removed holds a lock that nobody else can see. */
    private static boolean isStillAt(Host host, int fd) {
        String link = host.readlink("/proc/self/fd/" + fd);
        return link == null || !link.endsWith(" (deleted)");
    }

    /** Removes the file; only its holder may, and as the last thing that it does: from now on others make a new one. */
    public void removeFile() {
        host.unlink(path);
    }

    @Override
    public void close() {
        host.close(fd);
    }
}
