// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpFamily;

/**
 * The names of what a pool has in the table: {@code KIND_GROUP_FAMILY_SLOTS_NUMBER}, so that a restarted agent knows its
 * maps again. Which of a group's numbers is which pool's is decided by what is in the slot maps: a pool keeps the one that
 * needs the fewest changes, and a packet's way through the chains, which name them, stays the same.
 *
 * @param suffixes pool → what follows the kind
 */
record PoolNames(Map<SlotPool, String> suffixes) {
    /** Slot → {@link SlotState}. */
    static final String SLOTS = "slots_";
    /** Target → mark. */
    static final String TARGETS = "targets_";
    /** Connection → target; packets put it in, time takes it out. One for all pools of a group and family. */
    static final String FLOWS = "flows_";

    PoolNames {
        suffixes = Collections.unmodifiableMap(new LinkedHashMap<>(suffixes));
    }

    private record Fit(int pool, String suffix, int slotsThatDiffer) {}

    /**
     * Decides.
     *
     * @param owners of each pool that has targets, in the order of these
     * @param present slot map → its content now
     */
    static PoolNames decide(Map<SlotPool, char[]> owners, Map<String, int[]> present) {
        List<SlotPool> pools = List.copyOf(owners.keySet());
        Map<String, List<String>> held = new HashMap<>();
        present.keySet().stream()
                .sorted()
                .forEach(name -> held.computeIfAbsent(
                                name.substring(SLOTS.length(), name.lastIndexOf('_') + 1), _ -> new ArrayList<>())
                        .add(name.substring(SLOTS.length())));
        List<Fit> fits = new ArrayList<>();
        for (int i = 0; i < pools.size(); i++) {
            char[] wanted = owners.getOrDefault(pools.get(i), new char[0]);
            for (String suffix : held.getOrDefault(prefix(pools.get(i)), List.of())) {
                fits.add(new Fit(i, suffix, differences(wanted, present.getOrDefault(SLOTS + suffix, new int[0]))));
            }
        }
        fits.sort(Comparator.comparingInt(Fit::slotsThatDiffer)
                .thenComparingInt(Fit::pool)
                .thenComparing(Fit::suffix));
        Map<Integer, String> chosen = new HashMap<>();
        Set<String> taken = new HashSet<>();
        for (Fit fit : fits) {
            if (!chosen.containsKey(fit.pool()) && taken.add(fit.suffix())) {
                chosen.put(fit.pool(), fit.suffix());
            }
        }
        present.keySet().forEach(name -> taken.add(name.substring(SLOTS.length())));
        Map<SlotPool, String> suffixes = new LinkedHashMap<>();
        for (int i = 0; i < pools.size(); i++) {
            String suffix = chosen.getOrDefault(i, "");
            for (int number = 0; suffix.isEmpty(); number++) {
                String candidate = prefix(pools.get(i)) + number;
                suffix = taken.add(candidate) ? candidate : "";
            }
            suffixes.put(pools.get(i), suffix);
        }
        return new PoolNames(suffixes);
    }

    /**
     * The present slot map whose connections the pool goes on with: its own, or the nearest of its group, family and size,
     * which its VIPs had before. Null when there is none.
     */
    @Nullable
    String predecessor(SlotPool pool, char[] wanted, Map<String, int[]> present) {
        String own = SLOTS + of(pool);
        if (present.containsKey(own)) {
            return own;
        }
        return present.keySet().stream()
                .filter(name -> name.startsWith(SLOTS + prefix(pool)))
                .min(Comparator.<String>comparingInt(
                                name -> differences(wanted, present.getOrDefault(name, new int[0])))
                        .thenComparing(Comparator.naturalOrder()))
                .orElse(null);
    }

    private static int differences(char[] wanted, int[] present) {
        int differ = 0;
        for (int slot = 0; slot < wanted.length; slot++) {
            differ += slot < present.length && wanted[slot] == SlotState.owner(present[slot]) ? 0 : 1;
        }
        return differ;
    }

    private static String prefix(SlotPool pool) {
        return ChainBook.hash(pool.group()) + (pool.family() == IpFamily.IPV4 ? "_4_" : "_6_") + pool.slots() + "_";
    }

    /** What follows the kind. */
    String of(SlotPool pool) {
        return suffixes.getOrDefault(pool, "");
    }

    /** The name of the memory of connections. */
    static String flows(SlotPool pool) {
        return FLOWS + ChainBook.hash(pool.group()) + (pool.family() == IpFamily.IPV4 ? "_4" : "_6");
    }

    static boolean isSlotMap(String name) {
        return name.startsWith(SLOTS);
    }

    /** The map of targets beside a slot map. */
    static String targetsOf(String slotMap) {
        return TARGETS + slotMap.substring(SLOTS.length());
    }

    /** The memory of connections beside a slot map. */
    static String flowsOf(String slotMap) {
        String[] parts = slotMap.split("_", -1);
        return FLOWS + parts[1] + "_" + parts[2];
    }

    static boolean isTargetMapOf(String name, String group) {
        return name.startsWith(TARGETS + ChainBook.hash(group) + "_");
    }

    static boolean isFlowMap(String name) {
        return name.startsWith(FLOWS);
    }

    /** How many slots the map of this name has; 0 for a name that is not well-formed. */
    static int slots(String name) {
        String[] parts = name.split("_", -1);
        return parts.length == 5 && parts[3].matches("[0-9]{1,6}") ? Integer.parseInt(parts[3]) : 0;
    }
}
