// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.node.plan.PodPlan;
import org.l34gateway.node.sandbox.Placement;
import org.l34gateway.node.sandbox.Reading;

/**
 * What is remembered of one pod between two runs; all of it can be read again.
 *
 * @param placement where its sandbox was found; null before the first look
 * @param reading what its sandbox held
 * @param readAt when that was read, nanoseconds of the loop's ticker
 * @param seenAs what was known of the pod then: when that changes, its sandbox may be there now, or be another one
 * @param current false after something went wrong, so that the next run reads again
 * @param plan what was wanted in it, with the next hops that were left out
 * @param dead next hops that did not answer then
 */
record PodMemory(
        @Nullable Placement placement,
        Reading reading,
        long readAt,
        String seenAs,
        boolean current,
        PodPlan plan,
        Set<IpAddress> dead) {
    private static final Duration SETTLING = Duration.ofMillis(200);

    /** Of a pod that was never looked at. */
    static final PodMemory FRESH = new PodMemory(null, Reading.NONE, 0, "", false, PodPlan.NONE, Set.of());

    /** For how long the reading is good enough. */
    Duration lasts() {
        return reading.settles() ? SETTLING : NodeAgent.RECHECK;
    }

    PodMemory withReading(@Nullable Placement newPlacement, Reading newReading, long now, String as) {
        return new PodMemory(newPlacement, newReading, now, as, true, plan, dead);
    }

    /** Keeps what was read last and makes the next run read again. */
    PodMemory outdated() {
        return new PodMemory(placement, reading, readAt, seenAs, false, plan, dead);
    }

    PodMemory withPlan(PodPlan newPlan, Set<IpAddress> newDead) {
        return new PodMemory(placement, reading, readAt, seenAs, current, newPlan, Set.copyOf(newDead));
    }
}
