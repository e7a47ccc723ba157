// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpFamily;

/**
 * Which slot map serves which pool. A name says what may be in it, {@code slots_GROUP_FAMILY_SLOTS_NUMBER}, so that a restarted agent knows
 * its maps again; which of a group's maps serves which pool is decided by what is in them.
 *
 * @param names pool → map
 * @param contents map → mark of each slot
 */
record SlotMaps(Map<SlotPool, String> names, SortedMap<String, char[]> contents) {
    private static final String PREFIX = "slots_";
    /** Instead of {@link #PREFIX}: the map of the targets that slots had before, see {@link Handovers}. */
    private static final String FORMER = "former_";
    /** Instead of {@link #PREFIX}: the set of the marks of a map. */
    private static final String LIVE = "live_";

    SlotMaps {
        names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
        contents = Collections.unmodifiableSortedMap(new TreeMap<>(contents));
    }

    private record Fit(int pool, String name, int slotsThatDiffer) {}

    /**
     * Gives each pool the present map that needs the fewest changes, and a new one when more than half of the slots would change.
     *
     * @param pools each once, none empty
     * @param present map → mark of each slot now
     */
    static SlotMaps decide(List<SlotPool> pools, long seed, Map<String, char[]> present) {
        List<char[]> wanted = pools.stream().map(pool -> pool.contents(seed)).toList();
        List<Fit> fits = new ArrayList<>();
        for (int i = 0; i < pools.size(); i++) {
            for (Map.Entry<String, char[]> each : present.entrySet()) {
                if (each.getKey().startsWith(prefix(pools.get(i)))) {
                    int differ = differences(wanted.get(i), each.getValue());
                    if (differ <= wanted.get(i).length / 2) {
                        fits.add(new Fit(i, each.getKey(), differ));
                    }
                }
            }
        }
        fits.sort(Comparator.comparingInt(Fit::slotsThatDiffer)
                .thenComparingInt(Fit::pool)
                .thenComparing(Fit::name));
        Map<Integer, String> chosen = new TreeMap<>();
        Set<String> taken = new HashSet<>();
        for (Fit fit : fits) {
            if (!chosen.containsKey(fit.pool()) && taken.add(fit.name())) {
                chosen.put(fit.pool(), fit.name());
            }
        }
        taken.addAll(present.keySet());
        Map<SlotPool, String> names = new LinkedHashMap<>();
        SortedMap<String, char[]> contents = new TreeMap<>();
        for (int i = 0; i < pools.size(); i++) {
            String name = chosen.getOrDefault(i, "");
            for (int number = 0; name.isEmpty(); number++) {
                String candidate = prefix(pools.get(i)) + number;
                name = taken.add(candidate) ? candidate : "";
            }
            names.put(pools.get(i), name);
            contents.put(name, wanted.get(i));
        }
        return new SlotMaps(names, contents);
    }

    /**
     * The present map of the pool's group, family and size that is nearest to what the pool wants: the one that its VIPs
     * had before. Null when there is none.
     */
    @Nullable
    String predecessor(SlotPool pool, Map<String, char[]> present) {
        String own = names.getOrDefault(pool, "");
        if (present.containsKey(own)) {
            return own;
        }
        char[] wanted = contents.getOrDefault(own, new char[0]);
        return present.keySet().stream()
                .filter(name -> name.startsWith(prefix(pool)))
                .min(Comparator.<String>comparingInt(
                                name -> differences(wanted, present.getOrDefault(name, new char[0])))
                        .thenComparing(Comparator.naturalOrder()))
                .orElse(null);
    }

    private static int differences(char[] wanted, char[] present) {
        int differ = 0;
        for (int slot = 0; slot < wanted.length; slot++) {
            differ += slot < present.length && wanted[slot] == present[slot] ? 0 : 1;
        }
        return differ;
    }

    private static String prefix(SlotPool pool) {
        return PREFIX + ChainBook.hash(pool.group()) + (pool.family() == IpFamily.IPV4 ? "_4_" : "_6_") + pool.slots()
                + "_";
    }

    /** Whether slots are the keys of the map of this name. */
    static boolean isSlotMap(String name) {
        return name.startsWith(PREFIX) || name.startsWith(FORMER);
    }

    /** Whether the map says where packets of slots go now. */
    static boolean isInForce(String name) {
        return name.startsWith(PREFIX);
    }

    /** Name of the map of a slot map's former targets. */
    static String formerOf(String slotMap) {
        return FORMER + slotMap.substring(PREFIX.length());
    }

    /** Name of the set of a slot map's marks. */
    static String liveOf(String slotMap) {
        return LIVE + slotMap.substring(PREFIX.length());
    }

    static boolean isLiveSet(String name) {
        return name.startsWith(LIVE);
    }

    /** How many slots the map of this name has; 0 for a name that is not well-formed. */
    static int slots(String name) {
        String[] parts = name.split("_", -1);
        return parts.length == 5 && parts[3].matches("[0-9]{1,6}") ? Integer.parseInt(parts[3]) : 0;
    }
}
