// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.l34gateway.ip.IpAddress;

class RedealTest {
    private static final long SEED = 42;

    private static TargetGroup group(int capacity, int targets) {
        return new TargetGroup(
                "uid",
                "ns/svc",
                capacity,
                IntStream.range(0, targets)
                        .mapToObj(i -> new Target(i, "ns/" + i, List.of(IpAddress.parse("10.0.0." + i)), Set.of()))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({"100, 65, 10", "16, 9, 8", "1024, 129, 100", "16, 16, 16"})
    void within_a_size_nothing_moves(int before, int after, int targets) {
        assertThat(Redeal.share(SEED, group(after, Math.min(targets, after)), before))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"16, 100, 10", "100, 16, 10", "8, 16, 2", "100, 1024, 60"})
    void else_every_flow_is_dealt_anew(int before, int after, int targets) {
        assertThat(Redeal.share(SEED, group(after, targets), before)).isEqualTo(1 - 1.0 / targets, within(0.08));
    }

    @Test
    void nobody_and_a_single_target_lose_nothing() {
        assertThat(Redeal.share(SEED, group(100, 0), 16)).isZero();
        assertThat(Redeal.share(SEED, group(100, 1), 16)).isZero();
    }

    @Test
    void the_share_is_that_of_random_flows() {
        TargetGroup group = group(100, 7);
        BitSet active = new BitSet();
        active.set(0, 7);
        SlotDeal before = SlotDeal.of(SEED, "uid", 16);
        SlotDeal after = SlotDeal.of(SEED, "uid", 100);
        FlowHash hash = FlowHash.of(SEED);
        Random dice = new Random(1);
        int moved = 0;
        int flows = 50_000;
        for (int i = 0; i < flows; i++) {
            byte[] flow = new byte[12];
            dice.nextBytes(flow);
            int old = before.owner(hash.slot(flow, before.size().slots()), active);
            int now = after.owner(hash.slot(flow, after.size().slots()), active);
            moved += old == now ? 0 : 1;
        }
        assertThat(Redeal.share(SEED, group, 16)).isEqualTo((double) moved / flows, within(0.01));
    }
}
