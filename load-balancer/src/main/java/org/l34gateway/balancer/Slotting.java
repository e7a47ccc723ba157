// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How packets find their targets by slots.
 *
 * @param handovers of slot maps in {@code maps}
 * @param remembers whether there may be connections with a target of their own
 */
record Slotting(SlotMaps maps, Handovers handovers, boolean remembers) {
    /** Name of the slot map of a pool that has targets. */
    String map(SlotPool pool) {
        return Objects.requireNonNull(maps.names().get(pool), "no slot map for a pool with targets");
    }

    /** Name of the map of former targets while a slot map is handed over, else null. */
    @Nullable
    String former(String map) {
        return handovers.former().containsKey(map) ? SlotMaps.formerOf(map) : null;
    }

    /** Name → marks by slot of all maps that the kernel must hold. */
    SortedMap<String, char[]> contents() {
        SortedMap<String, char[]> contents = new TreeMap<>(maps.contents());
        handovers.former().forEach((map, former) -> contents.put(SlotMaps.formerOf(map), former));
        return contents;
    }
}
