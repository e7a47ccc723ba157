// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.loop;

import java.time.Duration;

/** What a reconcile run asks for. A failed run throws instead, and is tried again after a {@link Backoff}. */
public sealed interface Outcome {
    /** Nothing to do until the next trigger. */
    record Done() implements Outcome {}

    /**
     * Run again after {@code delay} even without a trigger; a trigger may come first.
     *
     * @param delay counted from the end of the run, not negative
     */
    record After(Duration delay) implements Outcome {
        /** @throws IllegalArgumentException when the delay is negative */
        public After {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative, got " + delay);
            }
        }
    }

    static Outcome done() {
        return new Done();
    }

    static Outcome after(Duration delay) {
        return new After(delay);
    }
}
