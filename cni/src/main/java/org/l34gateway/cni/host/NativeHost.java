// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.json.Utf8;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.NetlinkPort;
import org.teavm.interop.Address;

/**
 * The machine seen from an executable that TeaVM made: libc by name, so x86-64 and aarch64 share this code. One thread;
 * entering a namespace is for good, which is all right for a process that works for one pod and ends.
 */
public final class NativeHost implements Host {
    private static final int O_CLOEXEC = 0x80000;
    private static final int LOCK_EX_NB = 2 | 4;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final String OWN_NAMESPACE = "/proc/self/ns/net";
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    /** Offset of d_name in struct dirent of 64-bit glibc: ino 8, off 8, reclen 2, type 1. */
    private static final int DIRENT_NAME = 19;
    /** Room for struct stat; it begins with st_dev and st_ino, 64 bits each. */
    private static final int STAT_BYTES = 256;

    private static final int STAT_IDENTITY = 16;

    @Override
    public @Nullable String env(String name) {
        Address value = NativeLibc.getenv(Address.ofData(c(name)));
        return value.toLong() == 0 ? null : text(value);
    }

    @Override
    public int open(String path, int flags, int mode) {
        return result(NativeLibc.open(Address.ofData(c(path)), flags | O_CLOEXEC, mode));
    }

    @Override
    public int read(int fd, byte[] buffer) {
        return result(NativeLibc.read(fd, Address.ofData(buffer), buffer.length));
    }

    @Override
    public int write(int fd, byte[] bytes, int from) {
        return result(NativeLibc.write(fd, Address.ofData(bytes).add(from), bytes.length - from));
    }

    @Override
    public int close(int fd) {
        return result(NativeLibc.close(fd));
    }

    @Override
    public int rename(String from, String to) {
        byte[] source = c(from);
        byte[] target = c(to);
        return result(NativeLibc.rename(Address.ofData(source), Address.ofData(target)));
    }

    @Override
    public int unlink(String path) {
        return result(NativeLibc.unlink(Address.ofData(c(path))));
    }

    @Override
    public int mkdir(String path, int mode) {
        return result(NativeLibc.mkdir(Address.ofData(c(path)), mode));
    }

    @Override
    public int tryLock(int fd) {
        return result(NativeLibc.flock(fd, LOCK_EX_NB));
    }

    @Override
    public boolean isAt(int fd, String path) {
        byte[] name = c(path);
        byte[] open = new byte[STAT_BYTES];
        byte[] there = new byte[STAT_BYTES];
        return NativeLibc.fstat(fd, Address.ofData(open)) == 0
                && NativeLibc.stat(Address.ofData(name), Address.ofData(there)) == 0
                && Arrays.equals(Arrays.copyOf(open, STAT_IDENTITY), Arrays.copyOf(there, STAT_IDENTITY));
    }

    @Override
    public int list(String directory, String prefix, List<String> names) {
        byte[] begin = c(prefix);
        Address stream = NativeLibc.opendir(Address.ofData(c(directory)));
        if (stream.toLong() == 0) {
            return result(-1);
        }
        for (Address entry = NativeLibc.readdir(stream); entry.toLong() != 0; entry = NativeLibc.readdir(stream)) {
            if (begins(entry.add(DIRENT_NAME), begin)) {
                String name = text(entry.add(DIRENT_NAME));
                if (!name.equals(".") && !name.equals("..")) {
                    names.add(name);
                }
            }
        }
        return result(NativeLibc.closedir(stream));
    }

    /** Compares before there is a String: a node's directory has hundreds of names, and one sandbox a few. */
    private static boolean begins(Address name, byte[] prefix) {
        for (int i = 0; prefix[i] != 0; i++) {
            if (name.add(i).getByte() != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void pauseMillis(int millis) {
        NativeLibc.usleep(millis * 1000);
    }

    /** Ends the process at once. */
    public void exit(int code) {
        NativeLibc.exit(code);
    }

    @Override
    public Namespace namespace(String path) {
        int fd = HostFiles.check("open", path, open(path, O_RDONLY, 0));
        boolean own = isAt(fd, OWN_NAMESPACE);
        int entered = own ? -Errno.EINVAL : result(NativeLibc.setns(fd, CLONE_NEWNET));
        close(fd);
        HostFiles.check("setns", own ? path + " (the plugin's own namespace)" : path, entered);
        int socket = HostFiles.check("socket", path, result(NativeLibc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, 0)));
        byte[] on = {1, 0, 0, 0};
        NativeLibc.setsockopt(socket, SOL_NETLINK, NETLINK_EXT_ACK, Address.ofData(on), on.length);
        NativeLibc.setsockopt(socket, SOL_NETLINK, NETLINK_GET_STRICT_CHK, Address.ofData(on), on.length);
        return new Entered(this, socket);
    }

    /** The namespace that the process is in now. */
    private record Entered(NativeHost host, int socket) implements Namespace, NetlinkPort {
        @Override
        public NetlinkPort netlink() {
            return this;
        }

        @Override
        public int send(byte[] message, int length) {
            return result(NativeLibc.send(socket, Address.ofData(message), length, 0));
        }

        @Override
        public int recv(byte[] buffer) {
            return result(NativeLibc.recv(socket, Address.ofData(buffer), buffer.length, 0));
        }

        @Override
        public SortedMap<String, String> parameters(Collection<String> names) {
            return ParameterFile.readAll(host, "/proc/sys", names);
        }

        @Override
        public void setParameter(String name, String value) {
            ParameterFile.write(host, "/proc/sys/" + name, value);
        }

        @Override
        public void close() {
            host.close(socket);
        }
    }

    private static int result(long returned) {
        return returned < 0 ? -NativeLibc.errnoLocation().getInt() : (int) returned;
    }

    /** A string for C. Not Strings.toC, which leaks and takes the locale's encoding. */
    private static byte[] c(String text) {
        byte[] utf8 = Utf8.encode(text);
        return Arrays.copyOf(utf8, utf8.length + 1);
    }

    private static String text(Address c) {
        int length = 0;
        while (c.add(length).getByte() != 0) {
            length++;
        }
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = c.add(i).getByte();
        }
        return Utf8.decodeLenient(bytes);
    }
}
