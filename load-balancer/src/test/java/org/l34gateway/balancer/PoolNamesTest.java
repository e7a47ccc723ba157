// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.program.Dealing;

/** Which slots are whose when pools that are much alike change, in two orders of the pools: which one has which cell is luck. */
class PoolNamesTest {
    private static final int CAPACITY = 8;

    private Map<String, int[]> kernel = Map.of();
    private PoolNames names = PoolNames.NONE;
    private Handovers handovers = Handovers.NONE;

    @Test
    void a_pool_whose_target_drains_keeps_its_slots_when_another_wants_the_same() {
        for (boolean first : new boolean[] {true, false}) {
            start(pools(first, pool(Set.of(), 1, 2), pool(Set.of(), 1, 2, 3)));
            String kept = names.of(pool(Set.of(), 1, 2, 3));
            apply(pools(first, pool(Set.of(), 1), pool(Set.of(3), 1, 3)));
            assertThat(names.of(pool(Set.of(3), 1, 3))).isEqualTo(kept);
            assertThat(Arrays.stream(kernel.getOrDefault(kept, new int[0])).map(SlotState::former))
                    .contains(SlotState.target(3));
        }
    }

    @Test
    void another_process_knows_the_slots_of_a_pool_whose_target_drains() {
        for (boolean first : new boolean[] {true, false}) {
            start(pools(first, pool(Set.of(), 1, 2), pool(Set.of(), 1, 2, 3)));
            apply(pools(first, pool(Set.of(), 1, 2), pool(Set.of(3), 1, 2, 3)));
            PoolNames before = names;
            Map<String, int[]> held = kernel;
            names = PoolNames.NONE;
            handovers = Handovers.NONE;
            apply(pools(first, pool(Set.of(), 1, 2), pool(Set.of(3), 1, 2, 3)));
            assertThat(names).isEqualTo(before);
            held.forEach((name, slots) -> assertThat(kernel.get(name)).isEqualTo(slots));
        }
    }

    @Test
    void a_pool_of_which_all_drain_keeps_its_slots_from_one_of_which_some_do() {
        for (boolean first : new boolean[] {true, false}) {
            SlotPool all = pool(Set.of(3), 3);
            SlotPool some = pool(Set.of(3), 1, 3);
            start(pools(first, all, some));
            PoolNames before = names;
            names = PoolNames.NONE;
            apply(pools(first, all, some));
            assertThat(names).isEqualTo(before);
        }
    }

    @Test
    void a_name_is_found_if_all_vips_of_the_pool_led_there_and_no_others() {
        SlotPool one = pool(Set.of(), 1);
        SlotPool two = pool(Set.of(), 1, 2);
        SlotPool three = pool(Set.of(), 1, 2, 3);
        assertThat(PoolNames.found(Map.of(one, Set.of("a"), two, Set.of("b"))))
                .isEqualTo(new PoolNames(Map.of(one, "a", two, "b")));
        assertThat(PoolNames.found(Map.of(one, Set.of("a"), two, Set.of("b", "c"), three, Set.of("c"))))
                .as("the VIPs of two led to b and c")
                .isEqualTo(new PoolNames(Map.of(one, "a")));
    }

    private void start(Map<SlotPool, char[]> pools) {
        kernel = Map.of();
        names = PoolNames.NONE;
        handovers = Handovers.NONE;
        apply(pools);
    }

    private void apply(Map<SlotPool, char[]> pools) {
        names = PoolNames.decide(pools, kernel, names, new BitSet());
        handovers = Handovers.next(Programs.SEED, names, pools, kernel, handovers, Map.of(), 1);
        kernel = new HashMap<>(handovers.states());
    }

    private static Map<SlotPool, char[]> pools(boolean first, SlotPool one, SlotPool other) {
        Map<SlotPool, char[]> pools = new LinkedHashMap<>();
        for (SlotPool pool : first ? new SlotPool[] {one, other} : new SlotPool[] {other, one}) {
            pools.put(pool, pool.owners(Programs.SEED));
        }
        return pools;
    }

    private static SlotPool pool(Set<Integer> draining, int... identifiers) {
        TreeMap<Integer, Integer> marks = new TreeMap<>();
        Arrays.stream(identifiers).forEach(identifier -> marks.put(identifier, identifier + 100));
        return new SlotPool("uid-a", IpFamily.IPV4, CAPACITY, Dealing.RENDEZVOUS, marks, new TreeSet<>(draining));
    }
}
