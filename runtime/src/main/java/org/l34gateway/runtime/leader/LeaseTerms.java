// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.leader;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * The times of a lease: how long others wait for a silent leader, when the leader itself stops writing, how often it
 * renews. The leader must stop before others may start.
 *
 * <p>The leader counts from before its last good renewal was sent, the others from after they saw it; both count on their
 * own monotonic clock. So nobody else leads before the leader has been silent for {@code lease}, and it has stopped
 * {@code lease - renewDeadline} earlier, which is also the time that a write which it sent last has to arrive.
 *
 * @param lease whole seconds, because the Lease object says it in {@code leaseDurationSeconds}
 */
public record LeaseTerms(Duration lease, Duration renewDeadline, Duration retry) {
    /** fabric8's elector waits for {@code retry} and up to 1.2 times as much again between two looks of a candidate. */
    private static final double SLOWEST_LOOK = 2.2;

    /**
     * 3 s, 2 s, 0.3 s: a dead leader is replaced within 4.32 s and the time of the requests, so that 5 s hold while two
     * reads and a write take 0.68 s together. An API server that is away for less than 1.7 s costs nobody the lease. A
     * leader writes 3 times per second, a candidate reads twice. A released lease is taken within 0.66 s.
     */
    public static final LeaseTerms QUICK =
            new LeaseTerms(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(300));

    /** @throws IllegalArgumentException unless lease &gt; renewDeadline &gt; retry &gt; 0 and lease in whole seconds */
    public LeaseTerms {
        if (lease.compareTo(renewDeadline) <= 0
                || renewDeadline.compareTo(retry) <= 0
                || retry.isZero()
                || retry.isNegative()) {
            throw new IllegalArgumentException(
                    "want lease > renewDeadline > retry > 0, got " + lease + ", " + renewDeadline + ", " + retry);
        }
        if (!lease.equals(lease.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException("lease must be in whole seconds, got " + lease);
        }
    }

    /** For requests about the lease: one may hang and a second one still be in time. */
    public Duration requestTimeout() {
        return renewDeadline.dividedBy(2);
    }

    /**
     * The longest time from the death of a leader to the write of the next one, with requests that take no time: its last
     * renewal may be seen one look later, and its end another look later.
     */
    public Duration replacedWithin() {
        return lease.plusMillis(Math.round(2 * SLOWEST_LOOK * retry.toMillis()));
    }
}
