// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Since when nobody wants a VIP that a pod still holds, in nanoseconds of the loop's ticker. A value: each look gives
 * the next one. A restarted agent starts counting anew.
 */
public record Unwanted(Map<Claim, Long> since) {
    /** How long a VIP stays at most when gateways go on sending to it, or do not say. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Nothing is unwanted. */
    public static final Unwanted NONE = new Unwanted(Map.of());

    public Unwanted {
        since = Map.copyOf(since);
    }

    /** After a look that found exactly these unwanted; what was wanted in between starts from the beginning. */
    public Unwanted seen(Set<Claim> unwanted, long nowNanos) {
        Map<Claim, Long> next = new HashMap<>();
        unwanted.forEach(claim -> next.put(claim, since.getOrDefault(claim, nowNanos)));
        return new Unwanted(next);
    }

    /** Whether the patience with this one is over. */
    public boolean isOver(Claim claim, long nowNanos) {
        Long began = since.get(claim);
        return began != null && nowNanos - began >= PATIENCE.toNanos();
    }

    /** Nanoseconds until the next patience is over, at least 0; empty when none runs. */
    public OptionalLong nextEnd(long nowNanos) {
        return since.values().stream()
                .mapToLong(began -> began + PATIENCE.toNanos() - nowNanos)
                .filter(left -> left > 0)
                .min();
    }
}
