// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.program.TargetGroup;

/** The groups of a program, brought from one program to the next. */
final class Groups {
    private List<TargetGroup> sorted = List.of();
    private final Map<String, TargetGroup> byKey = new HashMap<>();

    /** A group that comes, goes, or is another one. */
    record Change(@Nullable TargetGroup before, @Nullable TargetGroup after) {}

    /**
     * The next program's. Those that stay are the same objects as a rule, and cost one look each.
     *
     * @param next sorted by key, each key once
     * @return key → what changed
     */
    SortedMap<String, Change> next(List<TargetGroup> next) {
        SortedMap<String, Change> changes = new TreeMap<>();
        int kept = 0;
        for (TargetGroup after : next) {
            while (kept < sorted.size() && !after.equals(sorted.get(kept)) && isBefore(sorted.get(kept), after)) {
                TargetGroup gone = sorted.get(kept++);
                changes.put(gone.key(), new Change(gone, null));
            }
            @Nullable TargetGroup before = kept < sorted.size() ? sorted.get(kept) : null;
            if (after.equals(before)) {
                kept++;
            } else if (before != null && before.key().equals(after.key())) {
                changes.put(after.key(), new Change(before, after));
                kept++;
            } else {
                changes.put(after.key(), new Change(null, after));
            }
        }
        sorted.subList(kept, sorted.size()).forEach(gone -> changes.put(gone.key(), new Change(gone, null)));
        sorted = next;
        changes.forEach((key, change) -> {
            if (change.after() == null) {
                byKey.remove(key);
            } else {
                byKey.put(key, change.after());
            }
        });
        return Collections.unmodifiableSortedMap(changes);
    }

    private static boolean isBefore(TargetGroup one, TargetGroup other) {
        return one.key().compareTo(other.key()) < 0;
    }

    /** Null when there is none. */
    @Nullable
    TargetGroup get(String key) {
        return byKey.get(key);
    }

    Set<String> keys() {
        return Collections.unmodifiableSet(byKey.keySet());
    }
}
