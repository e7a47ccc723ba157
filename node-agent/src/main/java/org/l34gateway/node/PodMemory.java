// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.api.model.PodCondition;
import org.jspecify.annotations.Nullable;
import org.l34gateway.node.sandbox.Placement;
import org.l34gateway.node.sandbox.Reading;

/**
 * What is remembered of one pod between two runs; all of it can be read again.
 *
 * @param placement where its sandbox was found; null before the first look
 * @param reading what its sandbox held
 * @param readAt when that was read, nanoseconds of the loop's ticker
 * @param seenAs what was known of the pod then: when that changes, a sandbox that was missing may be there
 * @param current false after something went wrong, so that the next run reads again
 * @param attachedIn sandbox for which the pod's condition is True; empty when it is not, or nobody knows
 * @param written the condition that was written last; null when none was
 * @param writtenOver resourceVersion of the pod as it was known then: while it is the same, {@code written} is newer
 */
record PodMemory(
        @Nullable Placement placement,
        Reading reading,
        long readAt,
        String seenAs,
        boolean current,
        String attachedIn,
        @Nullable PodCondition written,
        String writtenOver) {
    /** Of a pod that was never looked at. */
    static PodMemory fresh(String attachedIn) {
        return new PodMemory(null, Reading.NONE, 0, "", false, attachedIn, null, "");
    }

    PodMemory withReading(@Nullable Placement newPlacement, Reading newReading, long now, String as) {
        return new PodMemory(newPlacement, newReading, now, as, true, attachedIn, written, writtenOver);
    }

    /** Keeps what was read last and makes the next run read again. */
    PodMemory outdated() {
        return new PodMemory(placement, reading, readAt, seenAs, false, attachedIn, written, writtenOver);
    }

    PodMemory withAttachedIn(String sandbox) {
        return new PodMemory(placement, reading, readAt, seenAs, current, sandbox, written, writtenOver);
    }

    PodMemory withWritten(PodCondition condition, String version) {
        return new PodMemory(placement, reading, readAt, seenAs, current, attachedIn, condition, version);
    }
}
