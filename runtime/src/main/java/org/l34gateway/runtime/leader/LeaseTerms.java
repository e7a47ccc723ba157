// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.leader;

import java.time.Duration;

/**
 * The times of a lease: how long others wait for a silent leader, when the leader itself stops writing, how often it
 * renews. The leader must stop before others may start.
 */
public record LeaseTerms(Duration lease, Duration renewDeadline, Duration retry) {
    /** 5 s, 3 s, 1 s: a dead leader is replaced within 6 s. */
    public static final LeaseTerms QUICK =
            new LeaseTerms(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(1));

    /** @throws IllegalArgumentException unless lease &gt; renewDeadline &gt; retry &gt; 0 */
    public LeaseTerms {
        if (lease.compareTo(renewDeadline) <= 0
                || renewDeadline.compareTo(retry) <= 0
                || retry.isZero()
                || retry.isNegative()) {
            throw new IllegalArgumentException(
                    "want lease > renewDeadline > retry > 0, got " + lease + ", " + renewDeadline + ", " + retry);
        }
    }
}
