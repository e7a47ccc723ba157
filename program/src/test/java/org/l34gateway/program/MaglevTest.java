// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MaglevTest {
    private static final int SUBSETS = 20;

    @ParameterizedTest
    @EnumSource
    void shares_differ_by_one_slot_at_most(SlotTableSize size) {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        for (int i = 0; i < SUBSETS; i++) {
            BitSet active = some(dice, size);
            SlotTable table = among(seed, size, active);
            int[] shares = shares(table, size);
            int[] held = active.stream().map(identifier -> shares[identifier]).toArray();
            String where = active + ", repeat with -Dseed=" + seed;
            assertThat(Arrays.stream(held).sum()).as(where).isEqualTo(size.slots());
            assertThat(Arrays.stream(held).max().orElseThrow()
                            - Arrays.stream(held).min().orElseThrow())
                    .as(where)
                    .isLessThanOrEqualTo(1);
        }
    }

    /** What it is compared for: of the flows of others it moves some, rendezvous none. */
    @ParameterizedTest
    @EnumSource
    void a_target_that_goes_moves_flows_of_others_by_maglev_only(SlotTableSize size) {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        double moved = 0;
        for (int i = 0; i < SUBSETS; i++) {
            BitSet active = some(dice, size);
            active.set(0, 2);
            BitSet fewer = (BitSet) active.clone();
            int gone = active.stream()
                    .skip(dice.nextInt(active.cardinality()))
                    .findFirst()
                    .orElseThrow();
            fewer.clear(gone);
            moved += collateral(among(seed, size, active), among(seed, size, fewer), gone);
            SlotDeal deal = SlotDeal.of(seed, "uid", size.universe());
            assertThat(collateral(deal.among(active), deal.among(fewer), gone)).isZero();
        }
        assertThat(moved / SUBSETS)
                .as("share of moved flows, repeat with -Dseed=" + seed)
                .isBetween(0.0001, 0.2);
    }

    @Test
    void a_program_deals_as_its_group_says() {
        BitSet active = new BitSet();
        active.set(1, 5);
        assertThat(Dealing.MAGLEV.among(7, "uid", 8, active)).isEqualTo(Maglev.among(7, "uid", 8, active));
        assertThat(Dealing.RENDEZVOUS.among(7, "uid", 8, active)).isNotEqualTo(Maglev.among(7, "uid", 8, active));
        assertThat(Maglev.among(7, "uid", 8, new BitSet()).owner(3)).isEqualTo(SlotTable.NONE);
        active.set(8);
        assertThatIllegalArgumentException().isThrownBy(() -> Maglev.among(7, "uid", 8, active));
    }

    private static SlotTable among(long seed, SlotTableSize size, BitSet active) {
        return Maglev.among(seed, "uid", size.universe(), active);
    }

    private static BitSet some(Random dice, SlotTableSize size) {
        BitSet some = new BitSet();
        some.set(dice.nextInt(size.universe()));
        for (int identifier = 0; identifier < size.universe(); identifier++) {
            some.set(identifier, some.get(identifier) || dice.nextBoolean());
        }
        return some;
    }

    private static int[] shares(SlotTable table, SlotTableSize size) {
        int[] shares = new int[size.universe()];
        for (int slot = 0; slot < table.slots(); slot++) {
            shares[table.owner(slot)]++;
        }
        return shares;
    }

    /** The share of slots that another target has afterwards though theirs is still there. */
    private static double collateral(SlotTable before, SlotTable after, int gone) {
        int moved = 0;
        for (int slot = 0; slot < before.slots(); slot++) {
            moved += before.owner(slot) != gone && before.owner(slot) != after.owner(slot) ? 1 : 0;
        }
        return (double) moved / before.slots();
    }
}
