// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

class SlotDealTest {
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random dice = new Random(seed);

    @ParameterizedTest
    @EnumSource(SlotTableSize.class)
    void a_target_that_comes_or_goes_moves_only_its_own_slots(SlotTableSize size) {
        SlotDeal deal = SlotDeal.of(dice.nextLong(), "service-uid", size.universe());
        for (int round = 0; round < 5; round++) {
            BitSet many = someOf(size.universe(), 1 + dice.nextInt(size.universe()));
            int leaver = many.stream()
                    .skip(dice.nextInt(many.cardinality()))
                    .findFirst()
                    .orElseThrow();
            BitSet fewer = (BitSet) many.clone();
            fewer.clear(leaver);
            SlotTable before = deal.among(many);
            SlotTable after = deal.among(fewer);
            for (int slot = 0; slot < size.slots(); slot++) {
                if (before.owner(slot) != leaver) {
                    assertThat(after.owner(slot)).as("seed %d", seed).isEqualTo(before.owner(slot));
                } else {
                    assertThat(after.owner(slot)).as("seed %d", seed).isNotEqualTo(leaver);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SlotTableSize.class)
    void a_target_that_is_left_out_for_a_while_gets_exactly_its_slots_back(SlotTableSize size) {
        SlotDeal deal = SlotDeal.of(dice.nextLong(), "service-uid", size.universe());
        IpAddress address = IpAddress.parse("10.0.0.1");
        IpPrefix vip4 = IpPrefix.parse("20.0.0.1/32");
        IpPrefix vip6 = IpPrefix.parse("2000::1/128");
        List<Target> targets = new ArrayList<>();
        someOf(size.universe(), 2 + dice.nextInt(size.universe() - 2)).stream()
                .forEach(identifier ->
                        targets.add(new Target(identifier, "shop/a", List.of(address), Set.of(vip4, vip6))));
        int masked = dice.nextInt(targets.size());
        List<Target> left = new ArrayList<>(targets);
        left.set(masked, targets.get(masked).without(Set.of(address)));
        assertThat(left.get(masked).identifier()).isEqualTo(targets.get(masked).identifier());
        SlotTable before = deal.among(holders(targets, vip4));
        SlotTable while4 = deal.among(holders(left, vip4));
        for (int slot = 0; slot < size.slots(); slot++) {
            boolean its = before.owner(slot) == targets.get(masked).identifier();
            assertThat(while4.owner(slot) != before.owner(slot))
                    .as("seed %d: its slots move and no others", seed)
                    .isEqualTo(its);
        }
        assertThat(deal.among(holders(left, vip6)))
                .as("seed %d: the other family", seed)
                .isEqualTo(before);
        left.set(masked, targets.get(masked).without(Set.of()));
        assertThat(deal.among(holders(left, vip4))).as("seed %d", seed).isEqualTo(before);
    }

    private static BitSet holders(List<Target> targets, IpPrefix vip) {
        BitSet active = new BitSet();
        targets.stream()
                .filter(target -> target.vips().contains(vip))
                .forEach(target -> active.set(target.identifier()));
        return active;
    }

    @ParameterizedTest
    @EnumSource(SlotTableSize.class)
    void every_slot_belongs_to_an_active_target_or_to_none_without_targets(SlotTableSize size) {
        SlotDeal deal = SlotDeal.of(dice.nextLong(), "service-uid", size.universe());
        BitSet active = someOf(size.universe(), 1 + dice.nextInt(size.universe()));
        SlotTable table = deal.among(active);
        assertThat(IntStream.range(0, size.slots()).map(table::owner))
                .as("seed %d", seed)
                .allMatch(active::get);
        SlotTable empty = deal.among(new BitSet());
        assertThat(IntStream.range(0, size.slots()).map(empty::owner)).allMatch(owner -> owner == SlotTable.NONE);
    }

    @Test
    void replicas_with_equal_inputs_agree_and_other_gateways_or_services_differ() {
        BitSet active = someOf(128, 40);
        SlotTable table = SlotDeal.of(7, "uid-a", 100).among(active);
        assertThat(SlotDeal.of(7, "uid-a", 128).among((BitSet) active.clone())).isEqualTo(table);
        assertThat(SlotDeal.of(8, "uid-a", 100).among(active)).isNotEqualTo(table);
        assertThat(SlotDeal.of(7, "uid-b", 100).among(active)).isNotEqualTo(table);
    }

    /** A golden number: another one means that replicas of two versions would deal differently during an upgrade. */
    @Test
    void the_deal_never_changes_between_versions() {
        BitSet active = new BitSet();
        active.set(0, 4);
        assertThat(SlotDeal.of(42, "0b9c6f6e-5d0e-4a53-9a3f-1f0a3c1d2e4f", 100).among(active))
                .hasToString("SlotTable[slots=65537, hash=737ddada]");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1021",
        "8, 1021",
        "9, 2039",
        "16, 2039",
        "32, 4093",
        "64, 16381",
        "100, 65537",
        "129, 131071",
        "1024, 131071"
    })
    void the_declared_capacity_decides_the_size(int capacity, int slots) {
        assertThat(SlotTableSize.forCapacity(capacity).slots()).isEqualTo(slots);
    }

    @Test
    void an_identifier_outside_the_universe_is_refused() {
        BitSet active = new BitSet();
        active.set(8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlotDeal.of(1, "uid", 8).among(active));
    }

    /**
     * Largest share over mean share, in random subsets of every size: median and 99th percentile stay below the bounds that
     * design decisions were made with. {@code ./l34 soak} has more subsets.
     */
    @Tag("soak")
    @ParameterizedTest
    @CsvSource({
        "UP_TO_8, 1.025, 1.13",
        "UP_TO_16, 1.04, 1.12",
        "UP_TO_32, 1.055, 1.15",
        "UP_TO_64, 1.045, 1.11",
        "UP_TO_128, 1.04, 1.085",
        "UP_TO_1024, 1.12, 1.22",
    })
    void the_load_is_even(SlotTableSize size, double median, double p99) {
        int subsets = Integer.getInteger("slots.subsets", 200);
        if (size == SlotTableSize.UP_TO_1024) {
            subsets /= 4;
        }
        SlotDeal deal = SlotDeal.of(dice.nextLong(), "service-uid", size.universe());
        double[] ratios = new double[subsets];
        for (int i = 0; i < subsets; i++) {
            int targets = 1 + dice.nextInt(size.universe());
            ratios[i] = maxOverMean(deal.among(someOf(size.universe(), targets)), targets, size.universe());
        }
        Arrays.sort(ratios);
        assertThat(ratios[subsets / 2]).as("median, seed %d", seed).isLessThan(median);
        assertThat(ratios[(int) (subsets * 0.99)])
                .as("99th percentile, seed %d", seed)
                .isLessThan(p99);
    }

    private static double maxOverMean(SlotTable table, int targets, int universe) {
        int[] shares = new int[universe];
        for (int slot = 0; slot < table.slots(); slot++) {
            shares[table.owner(slot)]++;
        }
        return Arrays.stream(shares).max().orElseThrow() * (double) targets / table.slots();
    }

    private BitSet someOf(int universe, int count) {
        BitSet some = new BitSet(universe);
        while (some.cardinality() < count) {
            some.set(dice.nextInt(universe));
        }
        return some;
    }
}
