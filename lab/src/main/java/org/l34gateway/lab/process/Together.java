// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.process;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Several things at once. */
public final class Together {
    private Together() {}

    /** Runs all, waits for all, then throws what the first one in order threw, if any did. */
    public static void run(List<? extends Runnable> works) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<? extends Future<?>> futures =
                    works.stream().map(threads::submit).toList();
            for (Future<?> future : futures) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    public static void run(Runnable... works) {
        run(Stream.of(works).toList());
    }
}
