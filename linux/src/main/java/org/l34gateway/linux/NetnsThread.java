// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A thread that is inside a namespace, for many small pieces of work there: {@link Netns#call} would start and move one for
 * each. It ends when it is closed.
 */
public final class NetnsThread implements AutoCloseable {
    private final ExecutorService thread;

    private NetnsThread(ExecutorService thread) {
        this.thread = thread;
    }

    /**
     * Starts the thread.
     *
     * @throws org.l34gateway.netlink.KernelRefused when the namespace can not be entered
     */
    public static NetnsThread in(Netns netns) {
        NetnsThread inside = new NetnsThread(Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("netns " + netns).factory()));
        try {
            inside.call(() -> {
                netns.enter();
                return netns;
            });
            return inside;
        } catch (RuntimeException refused) {
            inside.close();
            throw refused;
        }
    }

    /** Runs work inside, and throws what it throws. */
    public <T extends @Nullable Object> T call(Callable<T> work) {
        Future<T> done = thread.submit(work);
        try {
            return done.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case Error error -> throw error;
                case RuntimeException refused -> throw refused;
                case null, default -> throw new IllegalStateException(failed);
            }
        } catch (InterruptedException interrupted) {
            done.cancel(true);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for work in a namespace", interrupted);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
