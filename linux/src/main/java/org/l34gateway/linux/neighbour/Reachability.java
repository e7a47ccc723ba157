// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.neighbour;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.netlink.MacAddress;
import org.l34gateway.netlink.Neighbour;

/**
 * Since when watched addresses do not answer. A value: each look at the neighbour tables gives the next one.
 *
 * <p>Every look asks every address that has answered. The kernel repeats a question at 0, 200 and 400 ms; each one that
 * nobody answers in its 200 ms is a miss, and an address with 3 misses is dead. So, with a look every 200 ms, an address
 * that falls silent is asked within 200 ms and dead with the third look after that; two lost questions in a row change
 * nothing. The third miss counts a little early: a question is sent after its look began, and would else have its full time
 * a moment after the third look, which the fourth one, 200 ms later, would see.
 *
 * @param courses by address, of all that were watched in the last look
 */
record Reachability(Map<IpAddress, Course> courses) {
    /** Questions without answer until an address is dead; the kernel's {@code ucast_solicit} and {@code mcast_solicit}. */
    static final int SOLICITS = 3;
    /** Time for each answer. */
    static final int RETRANS_MILLIS = 200;

    /** Nothing was watched yet. */
    static final Reachability UNKNOWN = new Reachability(Map.of());

    /** What a look may take until its questions are sent: those to 1,000 neighbours in two families need 30 ms. */
    static final int LOOK_MILLIS = 50;

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(SOLICITS * RETRANS_MILLIS - LOOK_MILLIS);
    private static final int ANSWERED = Neighbour.STATE_REACHABLE
            | Neighbour.STATE_STALE
            | Neighbour.STATE_DELAY; // has left PROBE, and not by failing
    private static final int FIXED = Neighbour.STATE_PERMANENT | Neighbour.STATE_NOARP;

    Reachability {
        courses = Map.copyOf(courses);
    }

    /**
     * How it goes with one address.
     *
     * @param ifindex of the interface on whose link it is
     * @param askedNanos when the question was asked that has no answer yet
     * @param answered whether the question before that one was answered
     */
    record Course(int ifindex, long askedNanos, boolean answered) {
        private boolean isOver(long nowNanos) {
            return nowNanos - askedNanos >= PATIENCE_NANOS;
        }
    }

    private record Place(int ifindex, IpAddress address) {}

    /**
     * What a look came to.
     *
     * @param dead watched addresses with 3 misses
     * @param macs of those whose question was answered. An entry from before the first question may be of somebody who
     *     has left, and one that somebody fixed says nothing about who is there
     * @param solicits what to ask now
     */
    record Look(
            Reachability after, SortedSet<IpAddress> dead, Map<IpAddress, MacAddress> macs, List<Solicit> solicits) {
        Look {
            dead = Collections.unmodifiableSortedSet(new TreeSet<>(dead));
            macs = Map.copyOf(macs);
            solicits = List.copyOf(solicits);
        }
    }

    /** The same, with the questions of the look at {@code lookNanos} sent at {@code sentNanos}. */
    Reachability asked(long lookNanos, long sentNanos) {
        Map<IpAddress, Course> later = new HashMap<>(courses);
        later.replaceAll((_, course) ->
                course.askedNanos() == lookNanos ? new Course(course.ifindex(), sentNanos, course.answered()) : course);
        return new Reachability(later);
    }

    /**
     * Looks.
     *
     * @param watched address → index of the interface on whose link it is
     * @param present the neighbour tables of the namespace
     * @param nowNanos of a monotonic clock
     */
    Look look(Map<IpAddress, Integer> watched, Collection<Neighbour> present, long nowNanos) {
        Map<IpAddress, Course> next = new HashMap<>();
        SortedSet<IpAddress> dead = new TreeSet<>();
        List<Solicit> solicits = new ArrayList<>();
        Map<IpAddress, MacAddress> macs = new HashMap<>();
        Map<Place, Neighbour> entries = new HashMap<>();
        present.forEach(entry -> entries.put(new Place(entry.ifindex(), entry.address()), entry));
        new TreeMap<>(watched).forEach((address, ifindex) -> {
            Neighbour entry = entries.get(new Place(ifindex, address));
            int state = entry == null ? Neighbour.STATE_NONE : entry.state();
            Course before = courses.get(address);
            if ((state & FIXED) != 0) { // somebody's own entry, which a question would overwrite
                next.put(address, new Course(ifindex, nowNanos, true));
            } else if (entry != null && (state & ANSWERED) != 0) {
                if (entry.mac() != null && before != null && before.ifindex() == ifindex) {
                    macs.put(address, entry.mac());
                }
                next.put(address, new Course(ifindex, nowNanos, true));
                solicits.add(new Solicit.Unicast(ifindex, address));
            } else {
                Course course = unanswered(before, ifindex, state, nowNanos);
                next.put(address, course);
                boolean over = course.isOver(nowNanos);
                if (over) {
                    dead.add(address);
                }
                boolean beingAsked = state == Neighbour.STATE_INCOMPLETE || (state == Neighbour.STATE_PROBE && !over);
                if (!beingAsked) {
                    solicits.add(new Solicit.Multicast(ifindex, address));
                }
            }
        });
        return new Look(new Reachability(next), dead, macs, solicits);
    }

    /**
     * An entry that vanished after an answer was deleted by somebody (a route that is put back does it): whoever asked it is
     * forgotten too, so the question starts anew. One that never comes back, because the interface is gone, still dies.
     */
    private static Course unanswered(@Nullable Course before, int ifindex, int state, long nowNanos) {
        if (before == null || before.ifindex() != ifindex || (before.answered() && state == Neighbour.STATE_NONE)) {
            return new Course(ifindex, nowNanos, false);
        }
        return new Course(ifindex, before.askedNanos(), false);
    }
}
