// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpFamily;

class HandoversTest {
    private static final long BEGIN = 1_000;
    private static final long WINDOW = Handovers.WINDOW.toNanos();
    private static final int CAPACITY = 8;

    /** What a kernel holds, and what this process knows. */
    private record State(Map<String, int[]> kernel, Handovers handovers) {
        static final State EMPTY = new State(Map.of(), Handovers.NONE);

        State next(SlotPool pool, long now) {
            return next(pool, now, Map.of());
        }

        /** With what was found out about remembered connections. */
        State next(SlotPool pool, long now, Map<String, BitSet> used) {
            Map<SlotPool, char[]> owners = Map.of(pool, pool.owners(Programs.SEED));
            PoolNames names = PoolNames.decide(owners, kernel, PoolNames.NONE, new BitSet());
            Handovers next = Handovers.next(names, owners, kernel, handovers, used, now);
            return new State(next.states(), next);
        }

        /** The same kernel, another process. */
        State restarted() {
            return new State(kernel, Handovers.NONE);
        }

        int[] slots() {
            assertThat(kernel).hasSize(1);
            return kernel.values().iterator().next();
        }
    }

    @Test
    void slots_that_a_new_target_takes_remember_the_one_before() {
        State two = State.EMPTY.next(pool(1, 2), BEGIN);
        State three = two.next(pool(1, 2, 3), BEGIN);
        for (int slot = 0; slot < three.slots().length; slot++) {
            int before = SlotState.owner(two.slots()[slot]);
            int state = three.slots()[slot];
            boolean moved = SlotState.owner(state) != before;
            assertThat(SlotState.former(state)).isEqualTo(moved ? before : 0);
            assertThat(SlotState.remembers(state)).isEqualTo(moved);
        }
        assertThat(three.handovers().anyOver(BEGIN + WINDOW - 1)).isFalse();
        assertThat(three.handovers().anyOver(BEGIN + WINDOW)).isTrue();

        State later = three.next(pool(1, 2, 3), BEGIN + WINDOW);
        assertThat(later.handovers().anyOver(Long.MAX_VALUE)).isFalse();
        for (int slot = 0; slot < later.slots().length; slot++) {
            assertThat(SlotState.former(later.slots()[slot])).isZero();
            assertThat(SlotState.remembers(later.slots()[slot])).isEqualTo(SlotState.remembers(three.slots()[slot]));
        }
    }

    @Test
    void slots_of_a_target_that_goes_are_not_remembered() {
        State two = State.EMPTY.next(pool(1, 2, 3), BEGIN).next(pool(1, 2), BEGIN);
        assertThat(Arrays.stream(two.slots())).allMatch(state -> state == SlotState.owner(state));
        assertThat(two.handovers().until()).isEmpty();
    }

    @Test
    void a_handover_that_an_earlier_process_has_left_goes_on() {
        State handed = State.EMPTY.next(pool(1, 2), BEGIN).next(pool(1, 2, 3), BEGIN);
        State adopted = handed.restarted().next(pool(1, 2, 3), BEGIN + WINDOW);
        assertThat(adopted.slots()).isEqualTo(handed.slots());
        assertThat(adopted.handovers().until().values()).containsExactly(BEGIN + 2 * WINDOW);
    }

    @Test
    void a_slot_of_which_nothing_is_remembered_is_as_simple_as_before() {
        State handed = State.EMPTY.next(pool(1, 2), BEGIN).next(pool(1, 2, 3), BEGIN);
        State later = handed.next(pool(1, 2, 3), BEGIN + WINDOW);
        String map = later.kernel().keySet().iterator().next();
        int used = IntStream.range(0, later.slots().length)
                .filter(slot -> SlotState.remembers(later.slots()[slot]))
                .findFirst()
                .orElseThrow();
        assertThat(later.handovers().onlyRemembering()).containsExactly(map);
        assertThat(handed.handovers().onlyRemembering()).as("still adds some").isEmpty();

        BitSet slots = new BitSet();
        slots.set(used);
        int[] looked =
                later.next(pool(1, 2, 3), BEGIN + WINDOW, Map.of(map, slots)).slots();
        for (int slot = 0; slot < looked.length; slot++) {
            assertThat(SlotState.remembers(looked[slot])).isEqualTo(slot == used);
            assertThat(SlotState.owner(looked[slot])).isEqualTo(SlotState.owner(later.slots()[slot]));
        }
    }

    /** Whatever comes and goes: who is remembered is there, is not the owner, and had the slot. */
    @Test
    void only_targets_that_had_the_slot_and_are_there_are_remembered() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        State state = State.EMPTY;
        Map<Integer, Map<Integer, Long>> lastOwned = new HashMap<>();
        long now = BEGIN;
        for (int step = 0; step < 300; step++) {
            now += dice.nextLong(WINDOW);
            SlotPool pool = pool(dice.ints(1 + dice.nextInt(5), 0, CAPACITY).toArray());
            state = state.next(pool, now);
            int[] slots = state.slots();
            for (int slot = 0; slot < slots.length; slot++) {
                int owner = SlotState.owner(slots[slot]);
                int former = SlotState.former(slots[slot]);
                if (former != 0) {
                    String where = "slot " + slot + " of step " + step + ", repeat with -Dseed=" + seed;
                    assertThat(pool.marks()).as(where).containsKey(SlotState.identifier(former));
                    assertThat(former).as(where).isNotEqualTo(owner);
                    assertThat(lastOwned.getOrDefault(slot, Map.of())).as(where).containsKey(former);
                    assertThat(SlotState.remembers(slots[slot])).as(where).isTrue();
                }
                lastOwned.computeIfAbsent(slot, _ -> new HashMap<>()).put(owner, now);
            }
        }
    }

    /** Targets with mark 100 above the identifier. */
    private static SlotPool pool(int... identifiers) {
        SortedMap<Integer, Integer> marks = new TreeMap<>();
        for (int identifier : identifiers) {
            marks.put(identifier, identifier + 100);
        }
        return new SlotPool("uid-a", IpFamily.IPV4, CAPACITY, marks);
    }
}
