// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.process;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Says on one line per step what is going on and how long it took. Safe to use from several threads. */
public final class Progress {
    private static final long POLL_NANOS = 100_000_000;

    private final PrintStream out;
    private final long start = System.nanoTime();

    public Progress(PrintStream out) {
        this.out = out;
    }

    /** Runs {@code work} and prints {@code name} with the time that it took. */
    public <T> T step(String name, Callable<T> work) {
        long begin = System.nanoTime();
        try {
            T result = work.call();
            say(name + " (" + seconds(System.nanoTime() - begin) + ")");
            return result;
        } catch (RuntimeException e) {
            say(name + " FAILED after " + seconds(System.nanoTime() - begin));
            throw e;
        } catch (Exception e) {
            say(name + " FAILED after " + seconds(System.nanoTime() - begin));
            throw new IllegalStateException(name + ": " + e.getMessage(), e);
        }
    }

    /** As {@link #step}, for work without a result. */
    public void run(String name, Runnable work) {
        step(name, () -> {
            work.run();
            return true;
        });
    }

    /** One line with the time since the beginning. */
    public void say(String line) {
        out.printf(Locale.ROOT, "[%5.1f s] %s%n", (System.nanoTime() - start) / 1e9, line);
        out.flush();
    }

    /**
     * Waits until {@code condition} holds; it is asked every 100 ms.
     *
     * @throws IllegalStateException when it does not hold within {@code limit}; the message is "WHAT did not happen within …"
     */
    public static void await(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(what + ": not within " + limit.toSeconds() + " s");
            }
            // Other processes decide when it holds, and tell nobody.
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting for: " + what);
            }
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
