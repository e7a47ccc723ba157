// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.l34gateway.runtime.health.Verdict;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ReconcileLoopTest {
    private static final Pace QUICK =
            new Pace(Duration.ZERO, new Backoff(Duration.ofNanos(1), Duration.ofNanos(2), new SplittableRandom(1)));

    private static ReconcileLoop loop(Ticker ticker, Reconciler reconciler) {
        return new ReconcileLoop("test", reconciler, QUICK, ticker, new SimpleMeterRegistry(), Thread.ofVirtual());
    }

    @Test
    void many_triggers_during_a_run_give_one_more_run_and_runs_never_overlap() throws Exception {
        Semaphore entered = new Semaphore(0);
        Semaphore mayLeave = new Semaphore(0);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        try (ReconcileLoop loop = loop(Ticker.SYSTEM, () -> {
            overlaps.addAndGet(inside.incrementAndGet() - 1);
            runs.incrementAndGet();
            entered.release();
            mayLeave.acquire();
            inside.decrementAndGet();
            return Outcome.done();
        })) {
            loop.start().trigger();
            entered.acquire();
            for (int i = 0; i < 100; i++) {
                loop.trigger();
            }
            mayLeave.release();
            entered.acquire();
            mayLeave.release(1_000);
        }
        assertThat(runs).hasValue(2);
        assertThat(overlaps).hasValue(0);
    }

    @Test
    void a_failed_run_is_repeated_and_shows_in_the_check_until_it_succeeds() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch third = new CountDownLatch(1);
        Semaphore failedOnce = new Semaphore(0);
        Semaphore goOn = new Semaphore(0);
        try (ReconcileLoop loop = loop(Ticker.SYSTEM, () -> {
            switch (runs.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("no such thing");
                case 2 -> {
                    failedOnce.release();
                    goOn.acquire();
                }
                default -> third.countDown();
            }
            return Outcome.after(Duration.ZERO);
        })) {
            loop.start().trigger();
            failedOnce.acquire();
            assertThat(loop.succeeding().check())
                    .isEqualTo(Verdict.unhealthy("1 failed runs in a row, last: no such thing"));
            goOn.release();
            third.await();
            assertThat(loop.succeeding().check()).isEqualTo(Verdict.healthy());
        }
    }

    @Test
    void a_run_that_hangs_is_unhealthy() throws Exception {
        AtomicLong now = new AtomicLong();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (ReconcileLoop loop = loop(now::get, () -> {
            entered.countDown();
            leave.await();
            return Outcome.done();
        })) {
            assertThat(loop.moving(Duration.ofSeconds(60)).check()).isEqualTo(Verdict.healthy());
            loop.start().trigger();
            entered.await();
            now.set(Duration.ofSeconds(61).toNanos());
            assertThat(loop.moving(Duration.ofSeconds(60)).check())
                    .isEqualTo(Verdict.unhealthy("a run takes 61 s already"));
            leave.countDown();
        }
    }

    @Test
    void close_waits_for_the_run_under_way_and_nothing_runs_after_it() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger finished = new AtomicInteger();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        ReconcileLoop loop = loop(Ticker.SYSTEM, () -> {
            begun.incrementAndGet();
            entered.countDown();
            leave.await();
            finished.incrementAndGet();
            return Outcome.after(Duration.ZERO);
        });
        loop.start().trigger();
        entered.await();
        Thread closing = Thread.ofVirtual().start(loop::close);
        leave.countDown();
        closing.join();
        int runs = finished.get();
        assertThat(runs).isPositive().isEqualTo(begun.get());
        loop.trigger();
        assertThat(begun).hasValue(runs);
    }
}
