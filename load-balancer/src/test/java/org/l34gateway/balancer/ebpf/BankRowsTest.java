// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BankRowsTest {
    private static final int ROWS = 100;

    @Test
    void banks_never_overlap_and_keep_their_rows_and_new_ones_wait_for_rows_that_are_given_up() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        SortedMap<String, BankRows> present = new TreeMap<>();
        for (int round = 0; round < 1_000; round++) {
            SortedMap<String, Integer> wanted = wanted(dice);
            SortedMap<String, BankRows> decided = BankRows.decide(wanted, present, ROWS);
            String repeat = "round " + round + ", repeat with -Dseed=" + seed;
            BitSet taken = new BitSet();
            decided.forEach((name, rows) -> {
                assertThat(rows.count()).as(repeat).isEqualTo(wanted.get(name));
                assertThat(taken.get(rows.first(), rows.first() + rows.count()).isEmpty())
                        .as(repeat)
                        .isTrue();
                taken.set(rows.first(), rows.first() + rows.count());
            });
            assertThat(taken.length()).as(repeat).isLessThanOrEqualTo(ROWS);
            present.forEach((name, rows) -> {
                if (rows.count() == wanted.getOrDefault(name, 0)) {
                    assertThat(decided).as(repeat).containsEntry(name, rows);
                } else {
                    decided.values()
                            .forEach(other ->
                                    assertThat(overlap(rows, other)).as(repeat).isFalse());
                }
            });
            present = decided;
        }
    }

    @Test
    void what_fits_finds_room() {
        SortedMap<String, Integer> wanted = new TreeMap<>(Map.of("a", 30, "b", 50, "c", 20));
        assertThat(BankRows.decide(wanted, Map.of(), ROWS)).hasSize(3);
        assertThat(BankRows.decide(wanted, Map.of(), ROWS - 1)).containsOnlyKeys("a", "b");
        assertThat(BankRows.decide(wanted, Map.of("a", new BankRows(50, 30)), ROWS))
                .containsEntry("a", new BankRows(50, 30))
                .containsEntry("b", new BankRows(0, 50))
                .containsEntry("c", new BankRows(80, 20));
    }

    private static SortedMap<String, Integer> wanted(Random dice) {
        SortedMap<String, Integer> wanted = new TreeMap<>();
        for (String name : new String[] {"a", "b", "c", "d", "e", "f"}) {
            if (dice.nextBoolean()) {
                wanted.put(name, 1 + dice.nextInt(40));
            }
        }
        return wanted;
    }

    private static boolean overlap(BankRows one, BankRows other) {
        return one.first() < other.first() + other.count() && other.first() < one.first() + one.count();
    }
}
