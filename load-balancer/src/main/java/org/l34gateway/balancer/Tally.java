// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.nftables.Nftables.Count;
import org.l34gateway.linux.nftables.Octets;

/**
 * Sums of the kernel's counters that never go back. Several counters may count for one subject; one that is made anew begins
 * at 0, and a counter of an edited route may count for another one from now on, so that what each has counted between two
 * looks is added to whom it counts for at the second one.
 *
 * @param seen what each counter of the kernel said last
 * @param totals what was counted for each subject
 */
record Tally(Map<Source, Count> seen, Map<Subject, Count> totals) {
    private static final Count NOTHING = new Count(0, 0);

    Tally {
        seen = Collections.unmodifiableMap(seen);
        totals = Collections.unmodifiableMap(totals);
    }

    /**
     * A counter in the kernel.
     *
     * @param name of a counter, or of a set or map whose elements count
     * @param key of the element; of a counter nothing
     */
    record Source(String name, Octets key) {
        private static final Octets NO_KEY = Octets.of(new byte[0]);

        static Source counter(String name) {
            return new Source(name, NO_KEY);
        }
    }

    /** What packets are counted for. */
    sealed interface Subject {}

    /** By the flow's name. */
    record OfFlow(String flow) implements Subject {}

    record OfTarget(IpAddress address) implements Subject {}

    record OfDrop(Dropped why) implements Subject {}

    /** Counts from what the kernel says now. */
    static Tally begin(Map<Source, Count> said) {
        return new Tally(said, Map.of());
    }

    /**
     * After another look.
     *
     * @param said what the counters that are there say now
     * @param subjects for whom they count; what others have counted is added later, when it is known for whom
     * @param living subjects that have a total; those of others are forgotten
     */
    Tally next(Map<Source, Count> said, Map<Source, Subject> subjects, Set<Subject> living) {
        Map<Source, Count> nowSeen = new HashMap<>(seen);
        // A list may miss an element that is there: what should be there is not forgotten, or it would count twice.
        nowSeen.keySet().removeIf(source -> !said.containsKey(source) && !subjects.containsKey(source));
        Map<Subject, Count> nowTotals = new HashMap<>();
        living.forEach(subject -> nowTotals.put(subject, totals.getOrDefault(subject, NOTHING)));
        subjects.forEach((source, subject) -> {
            Count count = said.get(source);
            if (count != null && living.contains(subject)) {
                nowTotals.merge(subject, since(seen.get(source), count), Count::plus);
                nowSeen.put(source, count);
            }
        });
        return new Tally(nowSeen, nowTotals);
    }

    private static Count since(@Nullable Count before, Count now) {
        return before == null || before.packets() > now.packets() || before.bytes() > now.bytes()
                ? now
                : new Count(now.packets() - before.packets(), now.bytes() - before.bytes());
    }

    /** 0 for whom nothing was counted. */
    Count total(Subject subject) {
        return totals.getOrDefault(subject, NOTHING);
    }
}
