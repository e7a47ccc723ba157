// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;

/**
 * Which targets of one family this pod leaves out of its tables, and whether it is this pod that is cut off (design,
 * decision 8). A value; times are nanoseconds of one monotonic clock.
 *
 * @param standing how this pod stands to the targets
 * @param masked addresses that get no packets from here
 * @param turmoilAt when this pod was last isolated or reached nobody, null when it never was: targets come back one by
 *     one, and until they have, leaving out the late ones would move their flows
 * @param waitNanos until time alone may change the decision; 0 when it can not
 */
record FamilyReach(
        Standing standing,
        SortedSet<IpAddress> masked,
        @Nullable Long turmoilAt,
        long waitNanos) {
    static final FamilyReach START = new FamilyReach(Standing.SETTLED, new TreeSet<>(), null, 0);

    /** Failures of more than half of the targets within this time look like a failure of the pod itself. */
    private static final long SUDDEN = Duration.ofSeconds(2).toNanos();
    /** The others need this to say whether they see the same: a probe of theirs, and a report on its way. */
    private static final long DOUBT = Duration.ofMillis(1_500).toNanos();
    /** Nobody answered: then they are not waited for any more. */
    private static final long LONGEST_DOUBT = Duration.ofSeconds(3).toNanos();

    enum Standing {
        /** What does not answer is left out. */
        SETTLED,
        /** Most failed just now, or come back just now: nothing more is left out yet. */
        DOUBTFUL,
        /** Others reach more of them. Nothing is left out: packets that still come meet the usual tables. */
        ISOLATED,
        /** (Nearly) nobody answers, and no other pod says that they do. Nothing is left out. */
        NOBODY_ANSWERS
    }

    /**
     * What is known about the targets of one family.
     *
     * @param targets address → UID of its pod, of all targets wanted, masked or not
     * @param dead those that do not answer this pod → since when
     * @param ended targets beside these that drained and do not answer any more
     * @param peers the other gateway pods that do not call themselves isolated
     * @param heard when each of them, by UID, last wrote
     */
    record Look(
            Map<IpAddress, String> targets,
            Map<IpAddress, Long> dead,
            SortedSet<IpAddress> ended,
            List<Peer> peers,
            Map<String, Long> heard) {
        int reached() {
            return targets.size() - dead.size();
        }

        private long age(IpAddress address, long now) {
            return now - dead.getOrDefault(address, now);
        }

        /**
         * How many dead ones the pod reaches that reaches most of them. Not how many all reach together: else three pods
         * that reach a third each would all go.
         *
         * @param fresh only count what was said after the failure, when there was time to notice it
         */
        private int reachedByAnother(boolean fresh, long now) {
            int most = 0;
            for (Peer peer : peers) {
                int reached = 0;
                for (var each : dead.entrySet()) {
                    Long heardAt = heard.get(peer.podUid());
                    boolean late = heardAt != null && heardAt - each.getValue() >= 0;
                    boolean counts = !fresh || (late && age(each.getKey(), now) >= DOUBT);
                    if (counts && peer.reaches(targets.getOrDefault(each.getKey(), ""), each.getKey())) {
                        reached++;
                    }
                }
                most = Math.max(most, reached);
            }
            return most;
        }

        /** Whether every other pod misses all that is dead here: then this pod need not doubt itself. */
        private boolean missedByAllOthers() {
            return peers.stream()
                    .allMatch(peer -> dead.keySet().stream()
                            .allMatch(address -> peer.misses(targets.getOrDefault(address, ""), address)));
        }

        private boolean heardSince(long age, long now) {
            return heard.values().stream().anyMatch(at -> now - at <= age);
        }

        /**
         * How long ago more than half of the targets, two at least, had failed within {@link #SUDDEN}; null when they have
         * not. Of several moments the first.
         */
        private @Nullable Long suddenAge(long now) {
            long[] ages = dead.keySet().stream()
                    .mapToLong(each -> age(each, now))
                    .sorted()
                    .toArray();
            int most = Math.max(2, targets.size() / 2 + 1);
            for (int youngest = ages.length - most; youngest >= 0; youngest--) {
                if (ages[youngest + most - 1] - ages[youngest] <= SUDDEN) {
                    return ages[youngest];
                }
            }
            return null;
        }

        /** Less than a tenth answers. */
        private boolean nearlyAllDead() {
            return reached() * 10 < targets.size();
        }

        /** Those that a majority of the pods misses; a pod that misses most of all targets may itself be cut off, and does not count. */
        private SortedSet<IpAddress> missedByMajority() {
            List<Peer> trusted = peers.stream()
                    .filter(peer -> peer.missed(targets).size() * 2 <= targets.size())
                    .toList();
            SortedSet<IpAddress> missed = new TreeSet<>();
            targets.forEach((address, target) -> {
                long votes = trusted.stream()
                        .filter(peer -> peer.misses(target, address))
                        .count();
                if (votes * 2 > trusted.size() + 1) {
                    missed.add(address);
                }
            });
            return missed;
        }

        /** What should get no packets; what others say never takes away the last target that this pod reaches. */
        private SortedSet<IpAddress> missing() {
            SortedSet<IpAddress> missing = missedByMajority();
            missing.addAll(dead.keySet());
            if (missing.size() == targets.size()) {
                missing.retainAll(dead.keySet());
            }
            missing.addAll(ended);
            return missing;
        }
    }

    FamilyReach {
        masked = Collections.unmodifiableSortedSet(new TreeSet<>(masked));
    }

    boolean isolated() {
        return standing == Standing.ISOLATED;
    }

    /** The next state. */
    FamilyReach next(Look look, long now) {
        if (look.targets().isEmpty()) {
            return START;
        }
        int reached = look.reached();
        if (isolated() && (reached == 0 || reached < look.reachedByAnother(false, now))) {
            return new FamilyReach(Standing.ISOLATED, new TreeSet<>(), now, 0);
        }
        int byAnother = look.reachedByAnother(true, now);
        Long sudden = look.suddenAge(now);
        if (sudden != null && !look.peers().isEmpty()) {
            if (sudden < DOUBT && !look.missedByAllOthers()) {
                return doubtful(look, DOUBT - sudden);
            }
            if (moreThan(reached, byAnother)) {
                return new FamilyReach(Standing.ISOLATED, new TreeSet<>(), now, 0);
            }
            if (moreThan(reached, look.reachedByAnother(false, now))) {
                if (sudden < LONGEST_DOUBT) {
                    return doubtful(look, LONGEST_DOUBT - sudden);
                }
                // Cut off from the API server too, it seems. A pod that reaches nobody loses nothing by going.
                if (reached == 0 && !look.heardSince(sudden, now)) {
                    return new FamilyReach(Standing.ISOLATED, new TreeSet<>(), now, 0);
                }
            }
        }
        if (look.nearlyAllDead() && byAnother == 0) {
            return new FamilyReach(Standing.NOBODY_ANSWERS, new TreeSet<>(), now, 0);
        }
        if (reached > 0 && turmoilAt != null && now - turmoilAt < DOUBT) {
            return doubtful(look, DOUBT - (now - turmoilAt));
        }
        return new FamilyReach(Standing.SETTLED, look.missing(), null, 0);
    }

    private static boolean moreThan(int reachedHere, int reachedByAnother) {
        return reachedByAnother >= 2 && reachedByAnother > reachedHere;
    }

    /** Nothing more is left out; what answers again gets packets. */
    private FamilyReach doubtful(Look look, long nanos) {
        SortedSet<IpAddress> kept = new TreeSet<>(masked);
        kept.retainAll(look.missing());
        return new FamilyReach(Standing.DOUBTFUL, kept, turmoilAt, nanos);
    }

    /** For the log: addresses of targets that are not reached, as many as fit a line. */
    static String text(Collection<IpAddress> addresses) {
        Set<IpAddress> sorted = new TreeSet<>(addresses);
        String some = String.join(
                " ", sorted.stream().limit(10).map(IpAddress::toString).toList());
        return sorted.size() <= 10 ? some : some + " and " + (sorted.size() - 10) + " more";
    }
}
