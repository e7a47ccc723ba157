// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.l34gateway.linux.Libc;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Netns;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.NetlinkPort;

/**
 * The machine seen from a JVM, through JNA. Threads stay in their namespaces: parameters are read and written on threads of
 * their own. Safe for use by several threads, as the C functions are.
 *
 * @param procSys normally {@code /proc/sys}; another mount of procfs where that one is read-only
 */
public record JvmHost(String procSys) implements Host {
    private static final String OWN_NAMESPACE = "/proc/thread-self/ns/net";

    /** With the machine's {@code /proc/sys}. */
    public JvmHost() {
        this("/proc/sys");
    }

    @Override
    public @Nullable String env(String name) {
        return System.getenv(name);
    }

    @Override
    public int open(String path, int flags, int mode) {
        return Libc.open(path, flags, mode);
    }

    @Override
    public int read(int fd, byte[] buffer) {
        return Libc.read(fd, buffer);
    }

    @Override
    public int write(int fd, byte[] bytes, int from) {
        byte[] rest = from == 0 ? bytes : Arrays.copyOfRange(bytes, from, bytes.length);
        return Libc.write(fd, rest, rest.length);
    }

    @Override
    public int close(int fd) {
        return Libc.close(fd);
    }

    @Override
    public int rename(String from, String to) {
        return Libc.rename(from, to);
    }

    @Override
    public int unlink(String path) {
        return Libc.unlink(path);
    }

    @Override
    public int mkdir(String path, int mode) {
        return Libc.mkdir(path, mode);
    }

    @Override
    public int tryLock(int fd) {
        return Libc.flock(fd, Libc.LOCK_EX | Libc.LOCK_NB);
    }

    @Override
    public boolean isAt(int fd, String path) {
        try {
            return Files.isSameFile(Path.of("/proc/self/fd/" + fd), Path.of(path));
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public int list(String directory, String prefix, List<String> names) {
        List<String> all = new ArrayList<>();
        int result = Libc.list(directory, all);
        all.stream().filter(name -> name.startsWith(prefix)).forEach(names::add);
        return result;
    }

    @Override
    public void pauseMillis(int millis) {
        Libc.poll(new int[0], new boolean[0], millis);
    }

    @Override
    public Namespace namespace(String path) {
        String own = Libc.readlink(OWN_NAMESPACE);
        Netns netns = Netns.open(Path.of(path));
        try {
            return new Opened(this, netns, socketInside(netns, path, own));
        } catch (RuntimeException refused) {
            netns.close();
            throw refused;
        }
    }

    private static NetlinkSocket socketInside(Netns netns, String path, @Nullable String own) {
        return inside(netns, () -> {
            if (Objects.equals(own, Libc.readlink(OWN_NAMESPACE))) {
                throw new KernelRefused("setns", path + " (the caller's own namespace)", Errno.EINVAL);
            }
            return NetlinkSocket.open();
        });
    }

    private static <T> T inside(Netns netns, Callable<T> work) {
        try {
            return netns.call(work);
        } catch (RuntimeException refused) {
            throw refused;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + netns, interrupted);
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private record Opened(JvmHost host, Netns netns, NetlinkSocket socket) implements Namespace {
        @Override
        public NetlinkPort netlink() {
            return socket;
        }

        @Override
        public SortedMap<String, String> parameters(Collection<String> names) {
            return names.isEmpty()
                    ? new TreeMap<>()
                    : inside(netns, () -> ParameterFile.readAll(host, host.procSys, names));
        }

        @Override
        public void setParameter(String name, String value) {
            var _ = inside(netns, () -> {
                ParameterFile.write(host, host.procSys + "/" + name, value);
                return name;
            });
        }

        @Override
        public void close() {
            socket.close();
            netns.close();
        }
    }
}
