// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.l34gateway.netlink.KernelRefused;

/**
 * A network namespace that is kept open: it lives on as long as this does, even when its last process is gone. Safe for
 * use by several threads.
 */
public final class Netns implements AutoCloseable {
    private final String name;
    private final int fd;

    private Netns(String name, int fd) {
        this.name = name;
        this.fd = fd;
    }

    /**
     * Opens the namespace behind a bind mount or a {@code /proc/PID/ns/net}.
     *
     * @throws KernelRefused when the path can not be opened; whether it is a namespace shows only in {@link #call}
     */
    public static Netns open(Path path) {
        int fd = Libc.open(path.toString(), Libc.O_RDONLY, 0);
        if (fd < 0) {
            throw new KernelRefused("open", path.toString(), -fd);
        }
        return new Netns(path.toString(), fd);
    }

    /** The calling thread's namespace. */
    public static Netns current() {
        return open(Path.of("/proc/thread-self/ns/net"));
    }

    /**
     * Runs work inside the namespace on a thread of its own, which ends with the work: no thread ever has to find its
     * way back. Sockets and files that the work opens stay in the namespace and may be used from any thread.
     *
     * @throws KernelRefused when the path was no network namespace
     * @throws Exception what the work throws
     */
    public <T extends @org.jspecify.annotations.Nullable Object> T call(Callable<T> work) throws Exception {
        var task = new FutureTask<T>(() -> {
            enter();
            return work.call();
        });
        Thread thread = Thread.ofPlatform().name("netns " + name).start(task);
        try {
            return task.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case Error error -> throw error;
                case Exception exception -> throw exception;
                case null, default -> throw new IllegalStateException(failed);
            }
        } catch (InterruptedException interrupted) {
            thread.interrupt();
            throw interrupted;
        }
    }

    /**
     * The same, on the calling thread when that is inside already: entering a namespace needs CAP_SYS_ADMIN, even one's own.
     *
     * @throws Exception what the work throws
     */
    public <T extends @org.jspecify.annotations.Nullable Object> T callInside(Callable<T> work) throws Exception {
        return identity("/proc/self/fd/" + fd).equals(identity("/proc/thread-self/ns/net")) ? work.call() : call(work);
    }

    /** Such as {@code net:[4026531840]}. */
    private static String identity(String path) {
        return String.valueOf(Libc.readlink(path));
    }

    /** Moves the calling thread, which must be a platform thread, into the namespace for good. */
    void enter() {
        int entered = Libc.setns(fd, Libc.CLONE_NEWNET);
        if (entered < 0) {
            throw new KernelRefused("setns", name, -entered);
        }
    }

    /** The open descriptor, which stays this object's to close. */
    public int fd() {
        return fd;
    }

    @Override
    public void close() {
        Libc.close(fd);
    }

    @Override
    public String toString() {
        return name;
    }
}
