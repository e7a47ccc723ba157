// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.loop;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.l34gateway.runtime.health.Check;
import org.l34gateway.runtime.health.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link Reconciler} on one thread: triggers are coalesced, runs keep {@link Pace#spacing()}, a failed run is
 * repeated after a backoff, a run may ask for the next one. Two runs never overlap.
 *
 * <p>Metrics: {@code l34_loop_seconds{loop,result}} (timer; result is {@code ok} or {@code failed}).
 */
public final class ReconcileLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileLoop.class);
    /** A run that is still going when the loop is closed gets this long before it is interrupted. */
    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(10);

    private final String name;
    private final Reconciler reconciler;
    private final Pace pace;
    private final Ticker ticker;
    private final MeterRegistry metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private LoopSchedule schedule;
    private boolean stopping;
    private boolean running;
    private long startedAt;
    private String lastFailure = "";

    /**
     * @param name names the thread and the metrics
     * @param threads {@code Thread.ofVirtual()} unless the reconciler enters kernel namespaces, which needs
     *     {@code Thread.ofPlatform()}
     */
    public ReconcileLoop(
            String name,
            Reconciler reconciler,
            Pace pace,
            Ticker ticker,
            MeterRegistry metrics,
            Thread.Builder threads) {
        this.name = name;
        this.reconciler = reconciler;
        this.pace = pace;
        this.ticker = ticker;
        this.metrics = metrics;
        this.schedule = LoopSchedule.idle(ticker.nanos());
        this.thread = threads.name(name).unstarted(this::runUntilStopped);
    }

    /** Starts the thread; the first run comes with the first trigger. */
    public ReconcileLoop start() {
        thread.start();
        return this;
    }

    /** Asks for a run soon; returns at once. May be called from any thread, also from within a run. */
    public void trigger() {
        lock.lock();
        try {
            schedule = schedule.triggered(ticker.nanos());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Unhealthy while one run takes longer than {@code limit}: the thread hangs. */
    public Check moving(Duration limit) {
        return () -> {
            lock.lock();
            try {
                long took = ticker.nanos() - startedAt;
                return running && took > limit.toNanos()
                        ? Verdict.unhealthy(
                                "a run takes " + Duration.ofNanos(took).toSeconds() + " s already")
                        : Verdict.healthy();
            } finally {
                lock.unlock();
            }
        };
    }

    /** Unhealthy while the last run failed, with its message. */
    public Check succeeding() {
        return () -> {
            lock.lock();
            try {
                return schedule.failures() == 0
                        ? Verdict.healthy()
                        : Verdict.unhealthy(schedule.failures() + " failed runs in a row, last: " + lastFailure);
            } finally {
                lock.unlock();
            }
        };
    }

    /** Starts no further run and waits for the present one, which is interrupted after 10 s. */
    @Override
    public void close() {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (thread.getState() == Thread.State.NEW || Thread.currentThread() == thread) {
            return;
        }
        try {
            if (!thread.join(PATIENCE_AT_CLOSE)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void runUntilStopped() {
        while (awaitDue()) {
            runOnce();
        }
    }

    /** Waits until a run is due and marks it started; false when the loop stops. */
    private boolean awaitDue() {
        lock.lock();
        try {
            while (!stopping) {
                long wait = schedule.untilDue(ticker.nanos());
                if (wait <= 0) {
                    startedAt = ticker.nanos();
                    running = true;
                    schedule = schedule.started(startedAt, pace);
                    return true;
                }
                if (wait == Long.MAX_VALUE) {
                    changed.await();
                } else {
                    long _ = changed.awaitNanos(wait);
                }
            }
            return false;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void runOnce() {
        try {
            Outcome outcome = reconciler.reconcile();
            LOG.debug("loop={} outcome={}", name, outcome);
            settle("ok", "", now -> schedule.finished(now, outcome));
        } catch (InterruptedException e) {
            settle("failed", "interrupted", now -> schedule);
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // The top of this thread: whatever a run threw must not end the loop.
            LOG.warn("loop={} failed", name, e);
            settle("failed", String.valueOf(e.getMessage()), now -> schedule.failed(now, pace));
        }
    }

    private void settle(String result, String failure, java.util.function.LongFunction<LoopSchedule> next) {
        lock.lock();
        try {
            long now = ticker.nanos();
            metrics.timer("l34.loop", "loop", name, "result", result).record(now - startedAt, TimeUnit.NANOSECONDS);
            running = false;
            lastFailure = failure;
            schedule = next.apply(now);
        } finally {
            lock.unlock();
        }
    }
}
