// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpFamily;

class HandoversTest {
    private static final long BEGIN = 1_000;
    private static final long WINDOW = Handovers.WINDOW.toNanos();
    private static final int CAPACITY = 8;
    private static final char[] NONE = {};

    @Test
    void slots_that_a_new_target_takes_remember_the_one_before() {
        SlotMaps two = maps(pool(1, 2), Map.of());
        SlotMaps three = maps(pool(1, 2, 3), two.contents());
        Handovers handed = Handovers.next(three, two.contents(), Handovers.NONE, BEGIN);

        char[] former = handed.former().getOrDefault(name(three), NONE);
        char[] before = two.contents().getOrDefault(name(two), NONE);
        char[] after = three.contents().getOrDefault(name(three), NONE);
        assertThat(former).hasSameSizeAs(after);
        for (int slot = 0; slot < after.length; slot++) {
            assertThat(former[slot]).isEqualTo(after[slot] == before[slot] ? 0 : before[slot]);
        }
        assertThat(handed.anyOver(BEGIN + WINDOW - 1)).isFalse();
        assertThat(handed.anyOver(BEGIN + WINDOW)).isTrue();
        assertThat(Handovers.next(three, three.contents(), handed, BEGIN + WINDOW))
                .isEqualTo(Handovers.NONE);
    }

    @Test
    void slots_of_a_target_that_goes_are_not_remembered() {
        SlotMaps three = maps(pool(1, 2, 3), Map.of());
        SlotMaps two = maps(pool(1, 2), three.contents());
        assertThat(Handovers.next(two, three.contents(), Handovers.NONE, BEGIN)).isEqualTo(Handovers.NONE);
    }

    @Test
    void a_handover_that_an_earlier_process_has_left_goes_on() {
        SlotMaps two = maps(pool(1, 2), Map.of());
        SlotMaps three = maps(pool(1, 2, 3), two.contents());
        Handovers handed = Handovers.next(three, two.contents(), Handovers.NONE, BEGIN);
        Map<String, char[]> kernel = new Slotting(three, handed, true).contents();

        Handovers adopted = Handovers.next(three, kernel, Handovers.NONE, BEGIN + WINDOW);
        assertThat(adopted.former().get(name(three))).isEqualTo(handed.former().get(name(three)));
        assertThat(adopted.until().get(name(three))).isEqualTo(BEGIN + 2 * WINDOW);
    }

    /** Whatever comes and goes: who is remembered is there, is not the owner, and had the slot within the window. */
    @Test
    void only_targets_that_had_the_slot_and_are_there_are_remembered() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        Map<String, char[]> kernel = Map.of();
        Handovers handovers = Handovers.NONE;
        Map<Integer, Map<Integer, Long>> lastOwned = new HashMap<>();
        long now = BEGIN;
        for (int step = 0; step < 300; step++) {
            now += dice.nextLong(WINDOW);
            SlotPool pool = pool(dice.ints(1 + dice.nextInt(5), 1, CAPACITY).toArray());
            SlotMaps maps = maps(pool, kernel);
            handovers = Handovers.next(maps, kernel, handovers, now);
            kernel = new Slotting(maps, handovers, true).contents();
            char[] owners = maps.contents().getOrDefault(name(maps), NONE);
            char[] former = handovers.former().getOrDefault(name(maps), new char[owners.length]);
            for (int slot = 0; slot < owners.length; slot++) {
                if (former[slot] != 0) {
                    String where = "slot " + slot + " of step " + step + ", repeat with -Dseed=" + seed;
                    assertThat(pool.marks()).as(where).containsValue((int) former[slot]);
                    assertThat(former[slot]).as(where).isNotEqualTo(owners[slot]);
                    assertThat(lastOwned.getOrDefault(slot, Map.of())).as(where).containsKey((int) former[slot]);
                }
                lastOwned.computeIfAbsent(slot, _ -> new HashMap<>()).put((int) owners[slot], now);
            }
        }
    }

    private static String name(SlotMaps maps) {
        return maps.contents().firstKey();
    }

    private static SlotMaps maps(SlotPool pool, Map<String, char[]> present) {
        return SlotMaps.decide(List.of(pool), Programs.SEED, present);
    }

    /** Targets with identifier and mark equal. */
    private static SlotPool pool(int... numbers) {
        SortedMap<Integer, Integer> marks = new TreeMap<>();
        for (int number : numbers) {
            marks.put(number, number);
        }
        return new SlotPool("uid-a", IpFamily.IPV4, CAPACITY, marks);
    }
}
