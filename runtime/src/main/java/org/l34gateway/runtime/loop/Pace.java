// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.loop;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How fast a loop may go.
 *
 * @param spacing least time between the starts of two runs; triggers in between are coalesced
 * @param backoff waiting times after failed runs
 */
public record Pace(Duration spacing, Backoff backoff) {
    /** Failures wait 0.2 s at first and 15 s at most. */
    public static Pace every(Duration spacing) {
        return new Pace(spacing, new Backoff(Duration.ofMillis(200), Duration.ofSeconds(15), new SplittableRandom()));
    }
}
