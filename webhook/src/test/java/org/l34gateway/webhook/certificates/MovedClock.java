// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Stands still until it is moved. */
public final class MovedClock implements InstantSource {
    private volatile Instant now;

    public MovedClock(Instant start) {
        now = start;
    }

    @Override
    public Instant instant() {
        return now;
    }

    /** By one thread only. */
    public void move(Duration by) {
        now = now.plus(by);
    }
}
