// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/** The same in many places at once. */
final class Together {
    private Together() {}

    /**
     * Runs work for each place, on a thread for each; all begin when the last thread is there. One place needs no thread.
     *
     * @throws IllegalStateException for what the work throws
     */
    static <P, T> List<T> inEach(List<P> places, Function<P, T> work) {
        if (places.size() == 1) {
            return List.of(work.apply(places.getFirst()));
        }
        CountDownLatch ready = new CountDownLatch(places.size());
        List<FutureTask<T>> tasks = new ArrayList<>();
        for (P place : places) {
            FutureTask<T> task = new FutureTask<>(() -> {
                ready.countDown();
                ready.await();
                return work.apply(place);
            });
            tasks.add(task);
            Thread.ofPlatform().name("at once").start(task);
        }
        List<T> results = new ArrayList<>();
        for (FutureTask<T> task : tasks) {
            results.add(result(task));
        }
        return results;
    }

    private static <T> T result(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException(String.valueOf(failed.getCause()), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
