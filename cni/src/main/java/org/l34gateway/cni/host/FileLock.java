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

    /**
     * Waits for the lock for so long, in steps of 5 ms, because flock knows no time limit. Null when it did not come. Where
     * the file system takes no file, the lock is that of the directory, or of the nearest one above that is there.
     */
    public static @Nullable FileLock take(Host host, String path, int waitMillis) {
        int waited = 0;
        while (true) {
            FileLock lock = open(host, path);
            int locked = host.tryLock(lock.fd);
            // Whoever waited for a file that its holder removed holds a lock that nobody else can see.
            if (locked == 0 && host.isAt(lock.fd, lock.path)) {
                return lock;
            }
            lock.close();
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

    private static FileLock open(Host host, String path) {
        int made = host.open(path, Host.O_RDWR | Host.O_CREAT, 0600);
        if (made != -Errno.ENOENT && !HostFiles.takesNothing(-made)) {
            return new FileLock(host, path, HostFiles.check("open", path, made));
        }
        String nearest = path;
        int fd = host.open(nearest, Host.O_RDONLY, 0);
        while (fd == -Errno.ENOENT && nearest.lastIndexOf('/') > 0) {
            nearest = nearest.substring(0, nearest.lastIndexOf('/'));
            fd = host.open(nearest, Host.O_RDONLY, 0);
        }
        return new FileLock(host, nearest, HostFiles.check("open", path, fd));
    }

    /**
     * Removes the file; only its holder may, and as the last thing that it does: from now on others make a new one. Of a
     * directory that is locked in its place the kernel knows that it is none.
     */
    public void removeFile() {
        host.unlink(path);
    }

    @Override
    public void close() {
        host.close(fd);
    }
}
