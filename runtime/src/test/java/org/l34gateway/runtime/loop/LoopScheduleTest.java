// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopScheduleTest {
    private static final Pace PACE = new Pace(
            Duration.ofNanos(100),
            new Backoff(Duration.ofNanos(1_000), Duration.ofNanos(8_000), new SplittableRandom(1)));

    @Test
    void an_idle_loop_never_runs() {
        assertThat(LoopSchedule.idle(5).untilDue(1_000_000)).isEqualTo(Long.MAX_VALUE);
    }

    /** The ticker may start anywhere, also right before its overflow. */
    @ParameterizedTest
    @ValueSource(longs = {0, -50, Long.MAX_VALUE - 20, Long.MIN_VALUE})
    void a_trigger_runs_at_once_and_the_next_one_keeps_the_distance(long origin) {
        LoopSchedule first = LoopSchedule.idle(origin).triggered(origin);
        assertThat(first.untilDue(origin)).isZero();

        LoopSchedule running = first.started(origin, PACE);
        assertThat(running.untilDue(origin)).isEqualTo(Long.MAX_VALUE);

        LoopSchedule again =
                running.triggered(origin + 10).triggered(origin + 20).finished(origin + 30, Outcome.done());
        assertThat(again.untilDue(origin + 30)).isEqualTo(70);
        assertThat(again.untilDue(origin + 100)).isZero();
    }

    @Test
    void a_run_may_ask_for_the_next_one_and_a_trigger_comes_before_it() {
        LoopSchedule later =
                LoopSchedule.idle(0).triggered(0).started(0, PACE).finished(10, Outcome.after(Duration.ofNanos(500)));
        assertThat(later.untilDue(10)).isEqualTo(500);
        assertThat(later.triggered(200).untilDue(200)).isZero();
        assertThat(later.triggered(200).started(200, PACE).untilDue(200)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void a_trigger_during_the_run_is_not_lost_when_the_run_asks_for_a_late_next_one() {
        LoopSchedule schedule = LoopSchedule.idle(0)
                .triggered(0)
                .started(0, PACE)
                .triggered(5)
                .finished(10, Outcome.after(Duration.ofHours(1)));
        assertThat(schedule.untilDue(100)).isZero();
    }

    @Test
    void failures_wait_longer_and_longer_even_when_triggered_and_one_success_forgets_them() {
        LoopSchedule schedule = LoopSchedule.idle(0).triggered(0);
        long now = 0;
        for (long bound : new long[] {1_000, 2_000, 4_000, 8_000, 8_000, 8_000}) {
            schedule = schedule.started(now, PACE).failed(now, PACE).triggered(now);
            assertThat(schedule.untilDue(now)).isBetween(bound / 2, bound);
            now += schedule.untilDue(now);
        }
        assertThat(schedule.failures()).isEqualTo(6);
        LoopSchedule calm = schedule.started(now, PACE).finished(now, Outcome.done());
        assertThat(calm.failures()).isZero();
        assertThat(calm.triggered(now).untilDue(now)).isEqualTo(100);
    }
}
