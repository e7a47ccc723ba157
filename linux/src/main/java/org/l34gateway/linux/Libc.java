// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The C library's doors to the kernel. Every method returns what the C function returns, or -errno; see the section 2
 * manual page of the same name. Paths are UTF-8. Callable from any platform thread; those that say so act on the calling
 * thread only.
 */
public final class Libc {
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 0x2;
    public static final int O_CREAT = 0x40;
    public static final int O_CLOEXEC = 0x80000;

    public static final int CLONE_NEWNET = 0x40000000;
    public static final int CLONE_NEWNS = 0x20000;

    public static final int AF_NETLINK = 16;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_CLOEXEC = 0x80000;

    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final int LOCK_UN = 8;

    public static final int MS_RDONLY = 0x1;
    public static final int MS_REMOUNT = 0x20;
    public static final int MS_BIND = 0x1000;
    public static final int MS_REC = 0x4000;
    public static final int MS_PRIVATE = 0x40000;
    public static final int MNT_DETACH = 2;

    public static final int EFD_CLOEXEC = 0x80000;

    /** Offset of d_name in struct dirent of 64-bit glibc: ino 8, off 8, reclen 2, type 1. */
    private static final int DIRENT_NAME = 19;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    /** asm/unistd_64.h; asm-generic/unistd.h for all younger machines. */
    private static final int NR_BPF = System.getProperty("os.arch").equals("amd64") ? 321 : 280;

    private Libc() {}

    /** Opens a file; the descriptor is the caller's to close. */
    public static int open(String path, int flags, int mode) {
        try {
            return C.open(utf8(path), flags | O_CLOEXEC, mode);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int close(int fd) {
        try {
            return C.close(fd);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int socket(int domain, int type, int protocol) {
        try {
            return C.socket(domain, type, protocol);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /** Binds to an address that is given as the bytes of its structure. */
    public static int bind(int fd, byte[] address) {
        try {
            return C.bind(fd, address, address.length);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /** Sets an option whose value is an int. */
    public static int setsockopt(int fd, int level, int option, int value) {
        byte[] bytes = {(byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)};
        try {
            return C.setsockopt(fd, level, option, bytes, bytes.length);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int send(int fd, byte[] bytes, int length) {
        try {
            return C.send(fd, bytes, new NativeLong(length), 0).intValue();
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int recv(int fd, byte[] buffer) {
        try {
            return C.recv(fd, buffer, new NativeLong(buffer.length), 0).intValue();
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int write(int fd, byte[] bytes, int length) {
        try {
            return C.write(fd, bytes, new NativeLong(length)).intValue();
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int read(int fd, byte[] buffer) {
        try {
            return C.read(fd, buffer, new NativeLong(buffer.length)).intValue();
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int rename(String from, String to) {
        try {
            return C.rename(utf8(from), utf8(to));
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int unlink(String path) {
        try {
            return C.unlink(utf8(path));
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int mkdir(String path, int mode) {
        try {
            return C.mkdir(utf8(path), mode);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /** What a symbolic link says, null when it can not be read. */
    public static @Nullable String readlink(String path) {
        byte[] buffer = new byte[4096];
        try {
            int length = C.readlink(utf8(path), buffer, new NativeLong(buffer.length))
                    .intValue();
            return new String(buffer, 0, length, StandardCharsets.UTF_8);
        } catch (LastErrorException refused) {
            return null;
        }
    }

    /** Adds the names in a directory to {@code names}, without {@code .} and {@code ..}, in no order. */
    public static int list(String directory, List<String> names) {
        try {
            Pointer stream = C.opendir(utf8(directory));
            for (Pointer entry = C.readdir(stream); entry != null; entry = C.readdir(stream)) {
                String name = entry.getString(DIRENT_NAME, "UTF-8");
                if (!name.equals(".") && !name.equals("..")) {
                    names.add(name);
                }
            }
            return C.closedir(stream);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /** Moves the calling thread into the namespace behind {@code fd}. Never on a virtual thread: its carrier would move. */
    public static int setns(int fd, int kind) {
        try {
            return C.setns(fd, kind);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /** Gives the calling thread new namespaces of its own. Never on a virtual thread. */
    public static int unshare(int kinds) {
        try {
            return C.unshare(kinds);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int mount(String source, String target, @Nullable String type, long flags) {
        return mount(source, target, type, flags, null);
    }

    /** With the file system's own options, such as {@code size=16k}. */
    public static int mount(String source, String target, @Nullable String type, long flags, @Nullable String options) {
        try {
            return C.mount(
                    utf8(source),
                    utf8(target),
                    type == null ? null : utf8(type),
                    new NativeLong(flags),
                    options == null ? null : utf8(options));
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /** Unmounts; {@code flags} is 0 or {@link #MNT_DETACH}. */
    public static int umount(String target, int flags) {
        try {
            return C.umount2(utf8(target), flags);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /** The BSD lock, which belongs to the open file, not to the process. */
    public static int flock(int fd, int operation) {
        try {
            return C.flock(fd, operation);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /** A counter that wakes pollers. */
    public static int eventfd() {
        try {
            return C.eventfd(0, EFD_CLOEXEC);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /**
     * Waits until one of the descriptors is readable, hung up or in error.
     *
     * @param ready filled with whether each descriptor has something to say
     * @param timeoutMillis -1 for ever
     */
    public static int poll(int[] fds, boolean[] ready, int timeoutMillis) {
        byte[] set = new byte[fds.length * 8]; // struct pollfd: i32 fd, i16 events, i16 revents
        for (int i = 0; i < fds.length; i++) {
            for (int b = 0; b < 4; b++) {
                set[i * 8 + b] = (byte) (fds[i] >>> (8 * b));
            }
            set[i * 8 + 4] = 1; // POLLIN
        }
        try {
            int count = C.poll(set, new NativeLong(fds.length), timeoutMillis);
            for (int i = 0; i < fds.length; i++) {
                ready[i] = set[i * 8 + 6] != 0 || set[i * 8 + 7] != 0;
            }
            return count;
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /**
     * Maps a descriptor's first bytes for reading and writing, shared with whoever else has them.
     *
     * @return the address, or -errno
     */
    public static long mmapShared(int fd, long bytes) {
        try {
            Pointer mapped = C.mmap(null, new NativeLong(bytes), PROT_READ_WRITE, MAP_SHARED, fd, new NativeLong(0));
            return Pointer.nativeValue(mapped);
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    public static int munmap(Pointer address, long bytes) {
        try {
            return C.munmap(address, new NativeLong(bytes));
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    /** bpf(2), for which the C library has no function. */
    public static int bpf(int command, Pointer attributes, int length) {
        try {
            return C.syscall(new NativeLong(NR_BPF), command, attributes, length)
                    .intValue();
        } catch (LastErrorException refused) {
            return -refused.getErrorCode();
        }
    }

    private static byte[] utf8(String text) {
        return Native.toByteArray(text, StandardCharsets.UTF_8);
    }

    /** JNA binds these at first use, not when Libc is only mentioned. */
    private static final class C {
        static {
            Native.register(C.class, "c");
        }

        static native int open(byte[] path, int flags, int mode) throws LastErrorException;

        static native int close(int fd) throws LastErrorException;

        static native int socket(int domain, int type, int protocol) throws LastErrorException;

        static native int bind(int fd, byte[] address, int length) throws LastErrorException;

        static native int setsockopt(int fd, int level, int option, byte[] value, int length) throws LastErrorException;

        static native NativeLong send(int fd, byte[] bytes, NativeLong length, int flags) throws LastErrorException;

        static native NativeLong recv(int fd, byte[] buffer, NativeLong length, int flags) throws LastErrorException;

        static native NativeLong write(int fd, byte[] bytes, NativeLong length) throws LastErrorException;

        static native NativeLong read(int fd, byte[] buffer, NativeLong length) throws LastErrorException;

        static native int rename(byte[] from, byte[] to) throws LastErrorException;

        static native int unlink(byte[] path) throws LastErrorException;

        static native int mkdir(byte[] path, int mode) throws LastErrorException;

        static native NativeLong readlink(byte[] path, byte[] buffer, NativeLong length) throws LastErrorException;

        static native Pointer opendir(byte[] path) throws LastErrorException;

        static native @Nullable Pointer readdir(Pointer stream) throws LastErrorException;

        static native int closedir(Pointer stream) throws LastErrorException;

        static native int setns(int fd, int kind) throws LastErrorException;

        static native int unshare(int kinds) throws LastErrorException;

        static native int mount(
                byte[] source, byte[] target, byte @Nullable [] type, NativeLong flags, byte @Nullable [] data)
                throws LastErrorException;

        static native int umount2(byte[] target, int flags) throws LastErrorException;

        static native int flock(int fd, int operation) throws LastErrorException;

        static native int eventfd(int start, int flags) throws LastErrorException;

        static native int poll(byte[] set, NativeLong count, int timeoutMillis) throws LastErrorException;

        static native Pointer mmap(
                @Nullable Pointer address, NativeLong bytes, int protection, int flags, int fd, NativeLong offset)
                throws LastErrorException;

        static native int munmap(Pointer address, NativeLong bytes) throws LastErrorException;

        static native NativeLong syscall(NativeLong number, int command, Pointer attributes, int length)
                throws LastErrorException;
    }
}
