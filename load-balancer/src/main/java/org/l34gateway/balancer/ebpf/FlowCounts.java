// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.linux.bpf.CounterArray;
import org.l34gateway.linux.bpf.MapReference;
import org.l34gateway.linux.nftables.Nftables.Count;

/** A counter for each flow. */
final class FlowCounts implements AutoCloseable {
    private final CounterArray counts;
    private SortedMap<String, Integer> numbers = Collections.emptySortedMap();
    /** Number → what it has counted for flows that had it before. */
    private final Map<Integer, Count> before = new HashMap<>();

    FlowCounts(int flows) {
        this.counts = CounterArray.create("l34_flow_cnt", flows);
    }

    MapReference reference() {
        return counts.reference();
    }

    /** The number of each flow's counter. */
    SortedMap<String, Integer> numbers() {
        return numbers;
    }

    /** Gives the counters of flows that went to others. To be called when the former are not looked up any more. */
    void assign(SortedSet<String> flows) {
        if (numbers.keySet().equals(flows)) {
            return;
        }
        SortedMap<String, Integer> decided = decide(flows, numbers);
        List<Count> now = counts.read();
        decided.forEach((flow, number) -> {
            if (!numbers.containsKey(flow)) {
                before.put(number, now.get(number));
            }
        });
        numbers = decided;
    }

    /**
     * A flow keeps its counter, others get the lowest that are free.
     *
     * @param present name → number
     */
    static SortedMap<String, Integer> decide(SortedSet<String> flows, Map<String, Integer> present) {
        SortedMap<String, Integer> decided = new TreeMap<>(present);
        decided.keySet().retainAll(flows);
        BitSet taken = new BitSet();
        decided.values().forEach(taken::set);
        for (String flow : flows) {
            if (!decided.containsKey(flow)) {
                int free = taken.nextClearBit(0);
                taken.set(free);
                decided.put(flow, free);
            }
        }
        return decided;
    }

    /** What each flow has counted. */
    Map<String, Count> read() {
        Map<String, Count> read = new HashMap<>();
        List<Count> now = counts.read();
        numbers.forEach((flow, number) -> read.put(flow, since(before.get(number), now.get(number))));
        return read;
    }

    static Count since(@Nullable Count before, Count now) {
        return before == null ? now : new Count(now.packets() - before.packets(), now.bytes() - before.bytes());
    }

    @Override
    public void close() {
        counts.close();
    }
}
