// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Dealing;

/** Which cells come and go; what happens to slots is said by {@link HandoversTest}, whose cell is whose by {@link PoolNamesTest}. */
class PoolsTest {
    private static final long BEGIN = 1_000;
    private static final long END = BEGIN + Handovers.WINDOW.toNanos();
    private static final IpPrefix VIP = IpPrefix.parse("20.0.0.1");
    private static final IpPrefix OTHER = IpPrefix.parse("20.0.0.2");
    private static final int SMALL = 8;
    private static final int LARGE = 100;

    private final Pools pools = new Pools(Programs.SEED, Left.NOTHING);

    @Test
    void a_pool_stays_as_long_as_a_flow_has_it() {
        SlotPool pool = pool("uid-a", SMALL, 1, 2);
        assertThat(step(List.of(pool, pool), List.of()).pools()).containsOnlyKeys(pools.suffix(pool));
        assertThat(step(List.of(), List.of(pool)).gone()).isEmpty();
        String suffix = pools.suffix(pool);
        assertThat(step(List.of(), List.of(pool)).gone()).containsExactly(suffix);
        assertThat(pools.suffix(pool)).isEmpty();
    }

    @Test
    void a_pool_that_goes_from_one_vip_to_another_is_not_looked_at() {
        SlotPool pool = pool("uid-a", SMALL, 1, 2);
        step(List.of(pool), List.of());
        Pools.Change change = step(List.of(pool), List.of(pool));
        assertThat(change.pools()).isEmpty();
        assertThat(change.gone()).isEmpty();
    }

    @Test
    void a_cell_that_gets_free_is_taken_in_the_next_step_only() {
        SlotPool one = pool("uid-a", SMALL, 1);
        SlotPool two = pool("uid-b", SMALL, 1);
        SlotPool three = pool("uid-c", SMALL, 1);
        step(List.of(one), List.of());
        SlotBanks.Cell first = cell(one);
        step(List.of(two), List.of(one));
        assertThat(cell(two)).isNotEqualTo(first);
        step(List.of(three), List.of());
        assertThat(cell(three)).isEqualTo(first);
    }

    @Test
    void a_pool_with_another_target_goes_on_in_the_same_cell() {
        SlotPool two = pool("uid-a", SMALL, 1, 2);
        SlotPool three = pool("uid-a", SMALL, 1, 2, 3);
        step(List.of(two), List.of());
        String suffix = pools.suffix(two);
        Pools.Change change = step(List.of(three), List.of(two));
        assertThat(change.pools()).containsExactly(Map.entry(suffix, three));
        assertThat(change.gone()).isEmpty();
    }

    @Test
    void a_group_that_declares_another_capacity_goes_on_with_its_slots() {
        SlotPool small = pool("uid-a", SMALL, 1, 2);
        SlotPool large = pool("uid-a", LARGE, 1, 2);
        SlotPool other = pool("uid-b", LARGE, 1, 2);
        step(List.of(small), List.of());
        String before = pools.suffix(small);
        Pools.Change change = step(List.of(large, other), List.of(small));
        assertThat(change.gone()).containsExactly(before);
        assertThat(anyFormer(change, large)).isTrue();
        assertThat(anyFormer(change, other)).isFalse();
    }

    @Test
    void what_an_earlier_process_has_left_is_gone_on_with_or_goes() {
        SlotPool kept = pool("uid-a", SMALL, 1, 2);
        SlotPool lost = pool("uid-b", SMALL, 1, 2);
        SlotPool fresh = pool("uid-c", SMALL, 1, 2);
        Map<String, int[]> left = step(List.of(lost, kept), List.of()).states();
        Pools restarted = new Pools(Programs.SEED, new Left(left, Map.of(), Map.of()));
        Pools.Change change = restarted.next(uses(List.of(fresh, kept)), List.of(), Map.of(), BEGIN);
        assertThat(restarted.suffix(kept)).isEqualTo(pools.suffix(kept));
        assertThat(change.gone()).containsExactly(pools.suffix(lost));
        assertThat(left.keySet()).doesNotContain(restarted.suffix(fresh));
        assertThat(SlotBanks.Cell.of(restarted.suffix(fresh))).isNotIn(cell(kept), cell(lost));
    }

    /** Target 3 has just come to one of them, and nothing else tells them apart. */
    @Test
    void pools_that_want_the_same_slots_go_on_in_the_cells_of_their_vips() {
        for (boolean swapped : new boolean[] {false, true}) {
            Pools earlier = new Pools(Programs.SEED, Left.NOTHING);
            Pools.Use two = new Pools.Use(VIP, pool("uid-a", SMALL, 1, 2));
            Pools.Use handed = new Pools.Use(VIP, pool("uid-a", SMALL, 1, 2, 3));
            Pools.Use late = new Pools.Use(OTHER, draining(4, pool("uid-a", SMALL, 1, 2, 3, 4)));
            Pools.Use three = new Pools.Use(OTHER, handed.pool());
            earlier.next(swapped ? List.of(three, two) : List.of(two, three), List.of(), Map.of(), BEGIN);
            earlier.next(List.of(late), List.of(three), Map.of(), BEGIN);
            Pools.Change last = earlier.next(List.of(handed), List.of(two), Map.of(), BEGIN);
            assertThat(last.states().get(earlier.suffix(handed.pool())))
                    .isNotEqualTo(last.states().get(earlier.suffix(late.pool())));

            Map<IpPrefix, Set<String>> led =
                    Map.of(VIP, Set.of(earlier.suffix(handed.pool())), OTHER, Set.of(earlier.suffix(late.pool())));
            Pools restarted = new Pools(Programs.SEED, new Left(last.states(), led, Map.of()));
            restarted.next(List.of(handed, late), List.of(), Map.of(), BEGIN);
            assertThat(restarted.suffix(handed.pool())).isEqualTo(earlier.suffix(handed.pool()));
            assertThat(restarted.suffix(late.pool())).isEqualTo(earlier.suffix(late.pool()));
        }
    }

    @Test
    void a_handover_is_looked_at_when_it_is_over_and_then_remembers_until_a_look_finds_nothing() {
        SlotPool two = pool("uid-a", SMALL, 1, 2);
        SlotPool three = pool("uid-a", SMALL, 1, 2, 3);
        step(List.of(two, pool("uid-b", SMALL, 1)), List.of());
        step(List.of(three), List.of(two));
        String suffix = pools.suffix(three);
        assertThat(pools.anyOver(END - 1)).isFalse();
        assertThat(pools.anyOver(END)).isTrue();
        assertThat(pools.onlyRemembering()).isEmpty();

        assertThat(pools.next(List.of(), List.of(), Map.of(), END - 1).pools()).isEmpty();
        assertThat(pools.next(List.of(), List.of(), Map.of(), END).pools()).containsOnlyKeys(suffix);
        assertThat(pools.anyOver(Long.MAX_VALUE)).isFalse();
        assertThat(pools.onlyRemembering()).containsExactly(Map.entry(suffix, three.slots()));

        Map<String, BitSet> nothing = Map.of(suffix, new BitSet());
        assertThat(pools.next(List.of(), List.of(), nothing, END).pools()).containsOnlyKeys(suffix);
        assertThat(pools.onlyRemembering()).isEmpty();
    }

    private Pools.Change step(List<SlotPool> come, List<SlotPool> go) {
        return pools.next(uses(come), uses(go), Map.of(), BEGIN);
    }

    private static List<Pools.Use> uses(List<SlotPool> pools) {
        return pools.stream().map(pool -> new Pools.Use(VIP, pool)).toList();
    }

    private SlotBanks.Cell cell(SlotPool pool) {
        return SlotBanks.Cell.of(pools.suffix(pool));
    }

    private boolean anyFormer(Pools.Change change, SlotPool pool) {
        return Arrays.stream(change.states().getOrDefault(pools.suffix(pool), new int[0]))
                .anyMatch(state -> SlotState.former(state) != 0);
    }

    private static SlotPool draining(int identifier, SlotPool pool) {
        return new SlotPool(
                pool.group(),
                pool.family(),
                pool.capacity(),
                pool.dealing(),
                pool.marks(),
                new TreeSet<>(Set.of(identifier)));
    }

    private static SlotPool pool(String group, int capacity, int... identifiers) {
        TreeMap<Integer, Integer> marks = new TreeMap<>();
        Arrays.stream(identifiers).forEach(identifier -> marks.put(identifier, identifier + 100));
        return new SlotPool(group, IpFamily.IPV4, capacity, Dealing.RENDEZVOUS, marks, new TreeSet<>());
    }
}
