// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.loop;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Growing, bounded waiting times with jitter: the n-th failure in a row waits between half and all of
 * {@code min(first * 2^(n-1), max)}, so that replicas that failed together do not come back together.
 */
public record Backoff(Duration first, Duration max, RandomGenerator dice) {
    /** @throws IllegalArgumentException unless 0 &lt; first ≤ max */
    public Backoff {
        if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException("want 0 < first <= max, got first " + first + " and max " + max);
        }
    }

    /**
     * How long to wait now.
     *
     * @param failures in a row, at least 1
     */
    public Duration delay(int failures) {
        long base = first.toNanos();
        long limit = max.toNanos();
        for (int i = 1; i < failures && base < limit; i++) {
            base = base > limit / 2 ? limit : base * 2;
        }
        long bounded = Math.min(base, limit);
        long half = bounded / 2;
        return Duration.ofNanos(half + dice.nextLong(bounded - half + 1));
    }
}
