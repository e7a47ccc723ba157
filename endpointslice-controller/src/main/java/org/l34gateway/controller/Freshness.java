// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How long a report has not been renewed, by our own monotonic clock: its time of observation is only compared with
 * itself, because the clocks of nodes differ. Not thread-safe.
 */
final class Freshness {
    /** Reports are renewed every 30 s. */
    static final Duration LIMIT = Duration.ofSeconds(100);

    private final Map<String, Seen> seen = new HashMap<>();

    private record Seen(String observedAt, long since) {}

    /** Takes note of a report and says whether it is stale. */
    boolean stale(String uid, String observedAt, long now) {
        Seen before = seen.get(uid);
        if (before == null || !before.observedAt().equals(observedAt)) {
            seen.put(uid, new Seen(observedAt, now));
            return false;
        }
        return now - before.since() > LIMIT.toNanos();
    }

    /** Forgets reports that are gone. */
    void keepOnly(Set<String> uids) {
        seen.keySet().retainAll(uids);
    }
}
