// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.loop;

/**
 * When a loop runs next, in nanoseconds of a {@link Ticker}. A value: each event gives the next schedule.
 *
 * @param due when to run; meaningless unless {@code wanted}
 * @param wanted whether a run is wanted at all
 * @param notBefore no run starts earlier, whatever triggers
 * @param failures runs that failed in a row
 */
record LoopSchedule(long due, boolean wanted, long notBefore, int failures) {
    /** Nothing wanted, nothing forbidden. */
    static LoopSchedule idle(long now) {
        return new LoopSchedule(now, false, now, 0);
    }

    LoopSchedule triggered(long now) {
        return wantedAt(now);
    }

    LoopSchedule started(long now, Pace pace) {
        return new LoopSchedule(now, false, now + pace.spacing().toNanos(), failures);
    }

    LoopSchedule finished(long now, Outcome outcome) {
        LoopSchedule calm = new LoopSchedule(due, wanted, notBefore, 0);
        return switch (outcome) {
            case Outcome.Done() -> calm;
            case Outcome.After(var delay) -> calm.wantedAt(now + delay.toNanos());
        };
    }

    LoopSchedule failed(long now, Pace pace) {
        long again = now + pace.backoff().delay(failures + 1).toNanos();
        return new LoopSchedule(again, true, later(again, notBefore), failures + 1);
    }

    /** Nanoseconds until the run, 0 or less when it is due, {@link Long#MAX_VALUE} when none is wanted. */
    long untilDue(long now) {
        return wanted ? later(due, notBefore) - now : Long.MAX_VALUE;
    }

    private LoopSchedule wantedAt(long at) {
        return new LoopSchedule(wanted && due - at < 0 ? due : at, true, notBefore, failures);
    }

    /** Ticker values may overflow, so they are compared by difference. */
    private static long later(long a, long b) {
        return a - b >= 0 ? a : b;
    }
}
