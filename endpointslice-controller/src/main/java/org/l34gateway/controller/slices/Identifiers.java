// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.l34gateway.api.SliceTargets;

/**
 * Which target of a Service owns which identifier. A target keeps its identifier for life; a new one gets the lowest
 * that is free. An identifier is free once all slices are of one revision and none mentions it any more, so that no
 * gateway pod ever reads two owners of one identifier, in whatever order it sees the slices.
 *
 * @param revision of the annotation that says this; larger than the present one when anything changed
 * @param owners UID → identifier, 0 ≤ identifier &lt; capacity, each identifier once
 * @param leftOut UIDs without an identifier, in the order in which they were given
 * @param recycling whether identifiers may become free with the next write, so that those left out may get one then
 */
record Identifiers(long revision, SortedMap<String, Integer> owners, List<String> leftOut, boolean recycling) {
    private static final Comparator<Owner> RIGHTFUL =
            Comparator.comparingLong(Owner::revision).thenComparing(Owner::uid);

    Identifiers {
        owners = Collections.unmodifiableSortedMap(new TreeMap<>(owners));
        leftOut = List.copyOf(leftOut);
    }

    private record Owner(long revision, String uid, int id) {}

    /**
     * Decides.
     *
     * @param present what the slices of the Service say now
     * @param uids of the targets that are to have an identifier, the first ones first
     * @param capacity how many identifiers there are
     */
    static Identifiers assign(List<SliceTargets> present, List<String> uids, int capacity) {
        Map<String, Owner> before = newestByUid(present);
        Map<Integer, Owner> byId = new HashMap<>();
        for (String uid : uids) {
            Owner owner = before.get(uid);
            if (owner != null && owner.id() >= 0 && owner.id() < capacity) {
                // Two owners of one identifier: gateway pods believe the same one (routing.GatewayProgram).
                byId.merge(owner.id(), owner, (a, b) -> RIGHTFUL.compare(a, b) >= 0 ? a : b);
            }
        }
        SortedMap<String, Integer> owners = new TreeMap<>();
        byId.values().forEach(owner -> owners.put(owner.uid(), owner.id()));
        Set<Integer> taken = new HashSet<>(owners.values());
        Set<Integer> mentioned = mentioned(present, capacity);
        List<String> leftOut = new ArrayList<>();
        boolean settled = settled(present);
        // A round of writes that was cut short is finished first.
        int next = settled ? 0 : capacity;
        for (String uid : uids) {
            if (owners.containsKey(uid)) {
                continue;
            }
            while (next < capacity && (taken.contains(next) || mentioned.contains(next))) {
                next++;
            }
            if (next == capacity) {
                leftOut.add(uid);
            } else {
                owners.put(uid, next++);
            }
        }
        mentioned.removeAll(taken);
        return new Identifiers(revision(present, before, owners), owners, leftOut, !settled || !mentioned.isEmpty());
    }

    /**
     * Whether every slice was written with the newest revision. One that was not may still be reached by a late write
     * of a deposed leader, whose resourceVersion fits, and then mention an owner that no slice mentions now.
     */
    private static boolean settled(List<SliceTargets> present) {
        return present.stream().mapToLong(SliceTargets::revision).distinct().count() <= 1;
    }

    private static Map<String, Owner> newestByUid(List<SliceTargets> present) {
        Map<String, Owner> newest = new HashMap<>();
        for (SliceTargets slice : present) {
            for (SliceTargets.Target target : slice.targets()) {
                newest.merge(
                        target.uid(),
                        new Owner(slice.revision(), target.uid(), target.id()),
                        (a, b) -> a.revision() >= b.revision() ? a : b);
            }
        }
        return newest;
    }

    private static Set<Integer> mentioned(List<SliceTargets> present, int capacity) {
        Set<Integer> ids = new HashSet<>();
        present.forEach(slice -> slice.targets().forEach(target -> ids.add(target.id())));
        ids.removeIf(id -> id < 0 || id >= capacity);
        return ids;
    }

    private static long revision(
            List<SliceTargets> present, Map<String, Owner> before, SortedMap<String, Integer> owners) {
        long newest = present.stream().mapToLong(SliceTargets::revision).max().orElse(0);
        Map<String, Integer> old = new HashMap<>();
        before.forEach((uid, owner) -> old.put(uid, owner.id()));
        return old.equals(owners) ? newest : newest + 1;
    }
}
