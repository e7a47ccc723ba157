// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpPrefix;

class VipPlanTest {
    @Test
    void plans_only_the_difference_and_takes_away_only_what_is_its_own() {
        VipPlan plan = VipPlan.decide(
                vips(2, 3), // wanted
                vips(1, 2, 4, 5), // held so far
                vips(4), // others hold
                vips(1, 2, 4, 9)); // on lo, 9 being somebody else's

        assertThat(plan).isEqualTo(new VipPlan(List.copyOf(vips(3)), List.copyOf(vips(1))));
    }

    @Test
    void a_second_plan_is_empty_and_nobody_else_loses_anything() {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            Set<IpPrefix> wanted = some(dice);
            Set<IpPrefix> held = some(dice);
            Set<IpPrefix> others = some(dice);
            Set<IpPrefix> foreign = some(dice);
            Set<IpPrefix> lo = new HashSet<>(held);
            lo.addAll(others);
            lo.addAll(foreign);
            VipPlan plan = VipPlan.decide(wanted, held, others, lo);
            lo.removeAll(Set.copyOf(plan.remove()));
            lo.addAll(plan.add());

            String repeat = "repeat with -Dseed=" + seed;
            assertThat(lo).as(repeat).containsAll(wanted).containsAll(others);
            foreign.removeAll(held);
            assertThat(lo).as(repeat).containsAll(foreign);
            assertThat(VipPlan.decide(wanted, wanted, others, lo))
                    .as(repeat)
                    .isEqualTo(new VipPlan(List.of(), List.of()));
        }
    }

    private static Set<IpPrefix> some(Random dice) {
        Set<IpPrefix> some = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            if (dice.nextBoolean()) {
                some.addAll(vips(i));
            }
        }
        return some;
    }

    private static Set<IpPrefix> vips(int... numbers) {
        Set<IpPrefix> vips = new HashSet<>();
        for (int number : numbers) {
            vips.add(IpPrefix.parse((number % 2 == 0 ? "20.0.0." : "2000::") + number));
        }
        return vips;
    }
}
