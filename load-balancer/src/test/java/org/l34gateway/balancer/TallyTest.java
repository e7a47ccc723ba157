// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.l34gateway.balancer.Tally.OfFlow;
import org.l34gateway.balancer.Tally.Source;
import org.l34gateway.balancer.Tally.Subject;
import org.l34gateway.linux.nftables.Nftables.Count;

class TallyTest {
    private static final Source WEB = Source.counter("web");
    private static final Source DNS = Source.counter("dns");
    private static final Subject A = new OfFlow("shop/a");
    private static final Subject B = new OfFlow("shop/b");

    private static Count packets(long packets) {
        return new Count(packets, packets * 100);
    }

    @Test
    void what_was_counted_before_the_first_look_is_in_no_sum() {
        Tally tally =
                Tally.begin(Map.of(WEB, packets(1_000))).next(Map.of(WEB, packets(1_007)), Map.of(WEB, A), Set.of(A));
        assertThat(tally.total(A)).isEqualTo(packets(7));
    }

    @Test
    void a_counter_that_is_made_anew_adds_and_takes_nothing_away() {
        Tally tally = Tally.begin(Map.of())
                .next(Map.of(WEB, packets(50), DNS, packets(10)), Map.of(WEB, A, DNS, A), Set.of(A))
                .next(Map.of(WEB, packets(3), DNS, packets(11)), Map.of(WEB, A, DNS, A), Set.of(A));
        assertThat(tally.total(A)).isEqualTo(packets(50 + 10 + 3 + 1));
    }

    @Test
    void a_counter_that_comes_to_another_flow_brings_none_of_its_past() {
        Tally tally = Tally.begin(Map.of())
                .next(Map.of(WEB, packets(50)), Map.of(WEB, A), Set.of(A, B))
                .next(Map.of(WEB, packets(60)), Map.of(WEB, B), Set.of(A, B));
        assertThat(tally.totals()).isEqualTo(Map.of(A, packets(50), B, packets(10)));
    }

    @Test
    void a_counter_that_nobody_knows_yet_is_added_when_it_is_known() {
        Tally tally = Tally.begin(Map.of())
                .next(Map.of(WEB, packets(5)), Map.of(), Set.of(A))
                .next(Map.of(WEB, packets(6)), Map.of(WEB, A), Set.of(A));
        assertThat(tally.total(A)).isEqualTo(packets(6));
    }

    @Test
    void a_list_that_misses_a_counter_makes_nothing_count_twice() {
        Tally tally = Tally.begin(Map.of())
                .next(Map.of(WEB, packets(50)), Map.of(WEB, A), Set.of(A))
                .next(Map.of(), Map.of(WEB, A), Set.of(A))
                .next(Map.of(WEB, packets(51)), Map.of(WEB, A), Set.of(A));
        assertThat(tally.total(A)).isEqualTo(packets(51));
    }

    @Test
    void who_is_gone_is_forgotten_and_begins_anew() {
        Tally gone = Tally.begin(Map.of())
                .next(Map.of(WEB, packets(50)), Map.of(WEB, A), Set.of(A))
                .next(Map.of(), Map.of(), Set.of(B));
        assertThat(gone.totals()).containsOnlyKeys(B);
        assertThat(gone.seen()).isEmpty();
        assertThat(gone.next(Map.of(), Map.of(), Set.of(A)).total(A)).isEqualTo(packets(0));
    }

    @Test
    void whatever_happens_to_counters_sums_never_go_back_and_never_say_more_than_there_was() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        Map<Source, Count> kernel = new TreeMap<>(java.util.Comparator.comparing(Source::name));
        Tally tally = Tally.begin(Map.of());
        long sent = 0;
        for (int look = 0; look < 1_000; look++) {
            Map<Source, Subject> subjects = new HashMap<>();
            for (Source source : Set.of(WEB, DNS)) {
                int packets = dice.nextInt(100);
                boolean anew = dice.nextInt(5) == 0;
                kernel.merge(source, packets(packets), (a, b) -> anew ? b : a.plus(b));
                sent += packets;
                subjects.put(source, dice.nextBoolean() ? A : B);
            }
            Map<Source, Count> said = new HashMap<>(kernel);
            said.keySet().removeIf(_ -> dice.nextInt(10) == 0);
            Tally next = tally.next(said, subjects, Set.of(A, B));
            assertThat(next.total(A).packets())
                    .as("look %d, seed %d", look, seed)
                    .isGreaterThanOrEqualTo(tally.total(A).packets());
            assertThat(next.total(A).packets() + next.total(B).packets())
                    .as("look %d, seed %d", look, seed)
                    .isLessThanOrEqualTo(sent);
            tally = next;
        }
    }
}
