// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.program.Dealing;

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
            Handovers next = Handovers.next(Programs.SEED, names, owners, kernel, handovers, used, now);
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
    void a_table_that_is_dealt_anew_with_more_slots_remembers_who_had_most_of_the_flows() {
        SlotPool pool = pool(1, 2, 3);
        SlotPool larger = new SlotPool(pool.group(), pool.family(), 100, pool.dealing(), pool.marks(), pool.draining());
        Cohort few = Cohort.NONE.next(List.of(pool), Programs.SEED, new BitSet(), Map.of(), Map.of(), BEGIN);
        Cohort many = Cohort.NONE.next(
                List.of(larger), Programs.SEED, new BitSet(), few.handovers().states(), Map.of(), BEGIN);
        int[] small = few.handovers().states().firstEntry().getValue();
        int[] large = many.handovers().states().firstEntry().getValue();
        int moved = 0;
        for (int slot = 0; slot < large.length; slot++) {
            int before = SlotState.owner(small[(int) ((slot + 0.5) * small.length / large.length)]);
            boolean moves = SlotState.owner(large[slot]) != before;
            moved += moves ? 1 : 0;
            assertThat(SlotState.former(large[slot])).isEqualTo(moves ? before : 0);
        }
        assertThat(moved).isBetween(large.length / 2, large.length * 3 / 4);
        assertThat(many.handovers().anyOver(BEGIN + WINDOW)).isTrue();
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

    @Test
    void a_target_that_drains_keeps_its_connections_for_as_long_as_it_is_there() {
        State three = State.EMPTY.next(pool(1, 2, 3), BEGIN);
        State draining = three.next(draining(Set.of(3), 1, 2, 3), BEGIN);
        State much = draining.next(draining(Set.of(3), 1, 2, 3), BEGIN + 10 * WINDOW);
        State restarted = draining.restarted().next(draining(Set.of(3), 1, 2, 3), BEGIN + 10 * WINDOW);
        int target = SlotState.target(3);
        for (int slot = 0; slot < three.slots().length; slot++) {
            boolean its = three.slots()[slot] == target;
            int state = draining.slots()[slot];
            assertThat(SlotState.owner(state) != SlotState.owner(three.slots()[slot]))
                    .as("no other slot moves")
                    .isEqualTo(its);
            assertThat(SlotState.former(state)).isEqualTo(its ? target : 0);
            assertThat(SlotState.remembers(state)).isEqualTo(its);
        }
        assertThat(draining.handovers().anyOver(Long.MAX_VALUE)).isFalse();
        assertThat(draining.handovers().onlyRemembering()).isEmpty();
        assertThat(much.slots()).isEqualTo(draining.slots());
        assertThat(restarted.slots()).isEqualTo(draining.slots());

        State gone = much.next(pool(1, 2), BEGIN + 10 * WINDOW);
        assertThat(Arrays.stream(gone.slots()).map(SlotState::former)).containsOnly(0);
        assertThat(gone.handovers().until()).isEmpty();
        assertThat(gone.handovers().onlyRemembering()).hasSize(1);
        State masked = draining.next(pool(1, 2), BEGIN);
        assertThat(owners(masked.slots())).isEqualTo(owners(draining.slots()));
    }

    @Test
    void an_addition_while_a_target_drains_takes_nothing_from_it_and_ends_by_itself() {
        State draining = State.EMPTY.next(pool(1, 2, 3), BEGIN).next(draining(Set.of(3), 1, 2, 3), BEGIN);
        SlotPool more = draining(Set.of(3), 1, 2, 3, 4);
        State added = draining.next(more, BEGIN);
        State later = added.next(more, BEGIN + WINDOW);
        assertThat(added.handovers().until().values()).containsExactly(BEGIN + WINDOW);
        assertThat(later.handovers().until()).isEmpty();
        for (int slot = 0; slot < draining.slots().length; slot++) {
            int drains = SlotState.former(draining.slots()[slot]);
            assertThat(SlotState.former(later.slots()[slot])).isEqualTo(drains);
            if (drains != 0) {
                assertThat(SlotState.former(added.slots()[slot])).isEqualTo(drains);
            }
        }
    }

    @Test
    void when_all_drain_they_go_on_as_if_nobody_did() {
        State two = State.EMPTY.next(pool(1, 2), BEGIN);
        State one = two.next(draining(Set.of(1), 1, 2), BEGIN);
        State none = one.next(draining(Set.of(1, 2), 1, 2), BEGIN + 10 * WINDOW);
        assertThat(owners(none.slots())).isEqualTo(owners(two.slots()));
        assertThat(Arrays.stream(none.slots()).map(SlotState::former)).containsOnly(0);
        State replaced = none.next(draining(Set.of(1, 2), 1, 2, 3), BEGIN + 10 * WINDOW);
        assertThat(Arrays.stream(replaced.slots()).map(SlotState::owner)).containsOnly(SlotState.target(3));
        assertThat(Arrays.stream(replaced.slots()).map(SlotState::former).toArray())
                .isEqualTo(owners(two.slots()));
    }

    /** What came through other gateway pods may come through it. */
    @Test
    void a_gateway_pod_that_is_new_knows_whose_slots_drain() {
        SlotPool pool = draining(Set.of(2, 3), 1, 2, 3, 4);
        State witness = State.EMPTY.next(pool(1, 2, 3, 4), BEGIN).next(pool, BEGIN);
        assertThat(State.EMPTY.next(pool, BEGIN).slots()).isEqualTo(witness.slots());
    }

    private static int[] owners(int[] slots) {
        return Arrays.stream(slots).map(SlotState::owner).toArray();
    }

    /** Whatever comes, drains and goes: who has a slot follows from who is there, the same in every replica. */
    @Test
    void owners_depend_on_who_is_there_and_only_slots_of_draining_targets_have_others() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        State state = State.EMPTY;
        long now = BEGIN;
        for (int step = 0; step < 300; step++) {
            String where = "step " + step + ", repeat with -Dseed=" + seed;
            now += dice.nextLong(WINDOW);
            int[] identifiers = dice.ints(1 + dice.nextInt(5), 0, CAPACITY).toArray();
            SlotPool pool = draining(
                    Arrays.stream(identifiers)
                            .filter(_ -> dice.nextInt(3) == 0)
                            .boxed()
                            .collect(Collectors.toSet()),
                    identifiers);
            state = state.next(pool, now);
            State replica = State.EMPTY.next(pool, now);
            int[] all = owners(State.EMPTY.next(pool(identifiers), now).slots());
            int[] owners = owners(state.slots());
            assertThat(owners).as(where).isEqualTo(owners(replica.slots()));
            for (int slot = 0; slot < owners.length; slot++) {
                boolean drains = pool.draining().contains(SlotState.identifier(all[slot]));
                if (!drains || !pool.hasDrained()) {
                    assertThat(owners[slot]).as(where).isEqualTo(all[slot]);
                } else {
                    assertThat(pool.draining()).as(where).doesNotContain(SlotState.identifier(owners[slot]));
                    assertThat(SlotState.former(replica.slots()[slot]))
                            .as(where)
                            .isEqualTo(all[slot]);
                }
            }
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
        return draining(Set.of(), identifiers);
    }

    private static SlotPool draining(Set<Integer> draining, int... identifiers) {
        SortedMap<Integer, Integer> marks = new TreeMap<>();
        for (int identifier : identifiers) {
            marks.put(identifier, identifier + 100);
        }
        return new SlotPool("uid-a", IpFamily.IPV4, CAPACITY, Dealing.RENDEZVOUS, marks, new TreeSet<>(draining));
    }
}
