// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.json.Utf8;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/**
 * Whole files over a {@link Host}. Every method throws {@link KernelRefused} for errors other than the ones it names.
 */
public final class HostFiles {
    /** Half a page: an ADD reads several files, and each page that is touched costs as much as two system calls. */
    private static final int BUFFER_BYTES = 2048;

    private static final int PRIVATE_FILE = 0600;
    private static final int PRIVATE_DIRECTORY = 0700;

    private final Host host;

    public HostFiles(Host host) {
        this.host = host;
    }

    /** Everything in the file, null when there is no such file. */
    public byte @Nullable [] read(String path) {
        int fd = host.open(path, Host.O_RDONLY, 0);
        if (fd == -Errno.ENOENT) {
            return null;
        }
        check("open", path, fd);
        try {
            return readFile(fd, path);
        } finally {
            host.close(fd);
        }
    }

    /** A file, unlike a pipe, ends where a read gives less than there is room for. */
    private byte[] readFile(int fd, String path) {
        byte[] all = new byte[0];
        byte[] buffer = new byte[BUFFER_BYTES];
        while (true) {
            int count = host.read(fd, buffer);
            if (count != -Errno.EINTR) {
                all = joined(all, buffer, check("read", path, count));
                if (count < buffer.length) {
                    return all;
                }
            }
        }
    }

    private static byte[] joined(byte[] all, byte[] more, int count) {
        byte[] joined = Arrays.copyOf(all, all.length + count);
        System.arraycopy(more, 0, joined, all.length, count);
        return joined;
    }

    /**
     * Everything that a pipe gives until it is closed.
     *
     * @param name for the error message
     * @param limitBytes reading stops soon after more than so many, and the result is longer than the limit
     */
    public byte[] readAll(int fd, String name, int limitBytes) {
        byte[] all = new byte[0];
        byte[] buffer = new byte[BUFFER_BYTES];
        while (true) {
            int count = host.read(fd, buffer);
            if (count == -Errno.EINTR) {
                continue;
            }
            check("read", name, count);
            if (count == 0 || all.length > limitBytes) {
                return all;
            }
            all = joined(all, buffer, count);
        }
    }

    /** Whether an error means that the file system takes nothing now: it is full, or may only be read. */
    public static boolean takesNothing(int errno) {
        return errno == Errno.ENOSPC || errno == Errno.EDQUOT || errno == Errno.EROFS;
    }

    /**
     * Puts the content in the place of the file: a reader sees the old content or the new, also when the writer is killed.
     * After a crash of the machine it may see anything (docs/adr/0021). When that is refused, nothing is left of the attempt.
     */
    public void write(String path, byte[] content) {
        String temporary = path + ".tmp";
        try {
            writeAnew(temporary, content);
            check("rename", path, host.rename(temporary, path));
        } catch (KernelRefused refused) {
            host.unlink(temporary);
            throw refused;
        }
    }

    private void writeAnew(String temporary, byte[] content) {
        int fd = check(
                "open", temporary, host.open(temporary, Host.O_WRONLY | Host.O_CREAT | Host.O_TRUNC, PRIVATE_FILE));
        try {
            writeAll(fd, temporary, content);
        } catch (KernelRefused refused) {
            host.close(fd);
            throw refused;
        }
        // File systems of the network (NFS, FUSE) find out only now that there is no room.
        check("close", temporary, host.close(fd));
    }

    /** Writes all bytes to an open file. */
    public void writeAll(int fd, String name, byte[] content) {
        int at = 0;
        while (at < content.length) {
            int count = host.write(fd, content, at);
            if (count != -Errno.EINTR) {
                at += check("write", name, count);
            }
        }
    }

    /** Removes the file and what a killed {@link #write} left; it may be gone. */
    public void remove(String path) {
        unlink(path);
        unlink(path + ".tmp");
    }

    private void unlink(String path) {
        int result = host.unlink(path);
        if (result != -Errno.ENOENT) {
            check("unlink", path, result);
        }
    }

    /** Makes the directory and those above it, for root only; they may be there. */
    public void makeDirectories(String path) {
        int made = host.mkdir(path, PRIVATE_DIRECTORY);
        if (made == -Errno.ENOENT && path.lastIndexOf('/') > 0) {
            makeDirectories(path.substring(0, path.lastIndexOf('/')));
            made = host.mkdir(path, PRIVATE_DIRECTORY);
        }
        if (made != -Errno.EEXIST) {
            check("mkdir", path, made);
        }
    }

    /** The names in a directory that begin so, in alphabetical order; none when there is no such directory. */
    public List<String> list(String path, String prefix) {
        List<String> names = new ArrayList<>();
        int result = host.list(path, prefix, names);
        if (result != -Errno.ENOENT) {
            check("opendir", path, result);
        }
        Collections.sort(names);
        return names;
    }

    /** A one-line file such as those below /proc, without the newline; empty when there is none. */
    public String line(String path) {
        byte @Nullable [] content = read(path);
        return content == null ? "" : Utf8.decode(content).trim();
    }

    static int check(String call, String target, int result) {
        if (result < 0) {
            throw new KernelRefused(call, target, -result);
        }
        return result;
    }
}
