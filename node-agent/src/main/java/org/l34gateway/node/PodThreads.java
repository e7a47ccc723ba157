// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Threads for what is done to several pods at once. A change in a pod may wait for whoever has its sandbox's lock. They are
 * platform threads, because JNA wants those.
 */
final class PodThreads implements AutoCloseable {
    private final ExecutorService threads;

    PodThreads(int count) {
        threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().name("pod-", 0).factory());
    }

    /** Takes the step for each; returns when all are done, or throws what the first of them threw. */
    <T> void forEach(Collection<T> all, Consumer<T> step) {
        List<Callable<T>> calls = new ArrayList<>();
        all.forEach(each -> calls.add(() -> {
            step.accept(each);
            return each;
        }));
        try {
            for (Future<T> done : threads.invokeAll(calls)) {
                done.get();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted among " + all.size() + " pods", interrupted);
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
