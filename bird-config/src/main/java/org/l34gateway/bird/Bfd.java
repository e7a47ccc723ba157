// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Bidirectional Forwarding Detection (RFC 5880) beside a BGP session. */
public sealed interface Bfd {
    /** The session lives by its hold time alone. */
    record Off() implements Bfd {}

    /**
     * The session ends with its BFD session. What is null is left to BIRD: 10 ms, 100 ms, 5.
     *
     * @param minRx Required Min RX Interval, 1..4294967295 microseconds
     * @param minTx Desired Min TX Interval, 1..4294967295 microseconds
     * @param multiplier Detect Mult, 1..255
     */
    record On(
            @Nullable Duration minRx,
            @Nullable Duration minTx,
            @Nullable Integer multiplier) implements Bfd {
        /** @throws IllegalArgumentException when a value does not fit its field of the packet; the message quotes it */
        public On {
            Interval.requireSendable("BFD min rx interval", minRx);
            Interval.requireSendable("BFD min tx interval", minTx);
            if (multiplier != null && (multiplier < 1 || multiplier > 255)) {
                throw new IllegalArgumentException("a BFD multiplier is 1..255, got " + multiplier);
            }
        }
    }
}
