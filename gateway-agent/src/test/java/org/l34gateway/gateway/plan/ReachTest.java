// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.gateway.plan.FamilyReach.Standing;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

class ReachTest {
    /** Ticks may be negative and may overflow. */
    private static final long START = Long.MAX_VALUE - millis(1_000);

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    static IpAddress v4(int target) {
        return IpAddress.parse("10.0.0." + target);
    }

    static IpAddress v6(int target) {
        return IpAddress.parse("fd00::" + target);
    }

    static SortedMap<IpAddress, String> targets(int count) {
        SortedMap<IpAddress, String> targets = new TreeMap<>();
        IntStream.rangeClosed(1, count).forEach(i -> targets.put(v4(i), "uid-" + i));
        return targets;
    }

    private static int[] all(int count) {
        return IntStream.rangeClosed(1, count).toArray();
    }

    /** These failed at this time of the test. */
    private static Map<IpAddress, Long> dead(long atMillis, int... targets) {
        Map<IpAddress, Long> dead = new HashMap<>();
        IntStream.of(targets).forEach(i -> dead.put(v4(i), START + millis(atMillis)));
        return dead;
    }

    /** A pod that sends packets to ten targets and misses these. */
    static Peer peer(String uid, int version, int... misses) {
        Map<String, SortedSet<IpAddress>> unreachable = new HashMap<>();
        IntStream.of(misses)
                .forEach(i -> unreachable
                        .computeIfAbsent("uid-" + i, _ -> new TreeSet<>())
                        .add(v4(i)));
        Map<String, Set<IpFamily>> forwards = new HashMap<>();
        IntStream.rangeClosed(1, 20).forEach(i -> forwards.put("uid-" + i, Set.of(IpFamily.IPV4, IpFamily.IPV6)));
        return new Peer(uid, String.valueOf(version), false, unreachable, forwards);
    }

    private static Peer isolated(Peer peer) {
        return new Peer(peer.podUid(), peer.version(), true, peer.unreachable(), peer.forwards());
    }

    private static SortedSet<IpAddress> addresses(int... targets) {
        SortedSet<IpAddress> addresses = new TreeSet<>();
        IntStream.of(targets).forEach(i -> addresses.add(v4(i)));
        return addresses;
    }

    /** One family's state. */
    private static FamilyReach ipv4(Reach reach) {
        return reach.families().getOrDefault(IpFamily.IPV4, FamilyReach.START);
    }

    /**
     * All is well at 0 ms, these failed at 1 s, the others write {@code after} at 1.2 s.
     *
     * @param atMillis when it is decided
     */
    record Row(
            String name,
            int targets,
            Set<IpAddress> dead,
            List<Peer> before,
            List<Peer> after,
            long atMillis,
            Standing standing,
            Set<IpAddress> masked) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row row(
            String name,
            int targets,
            int[] dead,
            List<Peer> before,
            List<Peer> after,
            long atMillis,
            Standing standing,
            int... masked) {
        return new Row(name, targets, addresses(dead), before, after, atMillis, standing, addresses(masked));
    }

    static Stream<Row> rows() {
        List<Peer> alone = List.of();
        List<Peer> one = List.of(peer("b", 1));
        List<Peer> two = List.of(peer("b", 1), peer("c", 1));
        int[] none = {};
        int[] most = all(6);
        int[] nineteen = all(19);
        return Stream.of(
                row("all answer", 10, none, one, one, 1_300, Standing.SETTLED),
                row("it sees the failure itself", 10, all(2), one, one, 1_010, Standing.SETTLED, 1, 2),
                row("half is no suspicion", 2, all(1), one, one, 1_010, Standing.SETTLED, 1),
                row(
                        "one of three says so",
                        10,
                        none,
                        two,
                        List.of(peer("b", 2, 1), peer("c", 1)),
                        1_300,
                        Standing.SETTLED),
                row(
                        "a majority of three says so",
                        10,
                        none,
                        two,
                        List.of(peer("b", 2, 1), peer("c", 2, 1, 2)),
                        1_300,
                        Standing.SETTLED,
                        1),
                row("one of two is no majority", 10, none, one, List.of(peer("b", 2, 1)), 1_300, Standing.SETTLED),
                row(
                        "what an isolated pod misses counts for nobody",
                        10,
                        none,
                        two,
                        List.of(peer("b", 2, 1), isolated(peer("c", 2, 1))),
                        1_300,
                        Standing.SETTLED),
                row(
                        "what a pod misses that misses most counts for nobody",
                        10,
                        none,
                        two,
                        List.of(peer("b", 2, 1), peer("c", 2, all(6))),
                        1_300,
                        Standing.SETTLED),
                row(
                        "the last one that is reached is not taken away",
                        2,
                        all(1),
                        two,
                        List.of(peer("b", 2, 2), peer("c", 2, 2)),
                        1_300,
                        Standing.SETTLED,
                        1),
                row("most failed just now", 10, most, one, List.of(peer("b", 2)), 2_400, Standing.DOUBTFUL),
                row("another still reaches them", 10, most, one, List.of(peer("b", 2)), 2_500, Standing.ISOLATED),
                row(
                        "another that lives is one of two",
                        10,
                        most,
                        two,
                        List.of(peer("b", 1), peer("c", 2)),
                        2_500,
                        Standing.ISOLATED),
                row(
                        "the other sees the same: a rack is gone",
                        10,
                        most,
                        one,
                        List.of(peer("b", 2, most)),
                        1_210,
                        Standing.SETTLED,
                        most),
                row(
                        "one other sees the same, the second says nothing yet",
                        10,
                        most,
                        two,
                        List.of(peer("b", 2, most), peer("c", 1)),
                        2_400,
                        Standing.DOUBTFUL),
                row("the other says nothing yet: it may be gone too", 10, most, one, one, 3_900, Standing.DOUBTFUL),
                row("the other has died, and its old word is none", 10, most, one, one, 4_000, Standing.SETTLED, most),
                row("the other is gone: alone, it cannot tell", 10, most, one, alone, 1_300, Standing.SETTLED, most),
                row("everything failed, and it is alone", 10, all(10), alone, alone, 9_000, Standing.NOBODY_ANSWERS),
                row(
                        "everything failed for all",
                        10,
                        all(10),
                        two,
                        List.of(peer("b", 2, all(10)), peer("c", 2, all(10))),
                        2_500,
                        Standing.NOBODY_ANSWERS),
                row(
                        "nearly everything failed for all",
                        20,
                        nineteen,
                        one,
                        List.of(peer("b", 2, nineteen)),
                        2_500,
                        Standing.NOBODY_ANSWERS),
                row("reaches nobody and hears of nobody", 10, all(10), one, one, 4_000, Standing.ISOLATED),
                row(
                        "the only target, another reaches it",
                        1,
                        all(1),
                        one,
                        List.of(peer("b", 2)),
                        2_500,
                        Standing.SETTLED,
                        1),
                row(
                        "the only target, nobody reaches it",
                        1,
                        all(1),
                        one,
                        List.of(peer("b", 2, 1)),
                        2_500,
                        Standing.NOBODY_ANSWERS),
                row(
                        "each reaches its own part",
                        10,
                        most,
                        two,
                        List.of(peer("b", 2, 1, 2, 3, 7, 8, 9, 10), peer("c", 2, 4, 5, 6, 7, 8, 9, 10)),
                        2_500,
                        Standing.SETTLED,
                        most));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void decides_who_is_left_out_and_who_is_cut_off(Row row) {
        var targets = targets(row.targets());
        Map<IpAddress, Long> dead = new HashMap<>();
        row.dead().forEach(address -> dead.put(address, START + millis(1_000)));
        Reach reach = Reach.START
                .next(targets, Set.of(), Map.of(), row.before(), START)
                .next(targets, Set.of(), dead, row.before(), START + millis(1_000));
        if (row.atMillis() >= 1_200) {
            reach = reach.next(targets, Set.of(), dead, row.after(), START + millis(1_200));
        }
        reach = reach.next(targets, Set.of(), dead, row.after(), START + millis(row.atMillis()));
        assertThat(ipv4(reach).standing()).isEqualTo(row.standing());
        assertThat(reach.masked()).isEqualTo(row.masked());
        assertThat(reach.unreachable().keySet())
                .as("it reports what it sees itself, whatever it makes of it")
                .isEqualTo(row.dead());
        assertThat(reach.isolated()).isEqualTo(row.standing() == Standing.ISOLATED);
    }

    @Test
    void targets_that_fail_one_by_one_are_no_suspicion() {
        var targets = targets(10);
        List<Peer> peers = List.of(peer("b", 1));
        Map<IpAddress, Long> dead = new HashMap<>();
        Reach reach = Reach.START.next(targets, Set.of(), dead, peers, START);
        for (int i = 1; i <= 6; i++) {
            dead.putAll(dead(1_000L * i, i));
            reach = reach.next(targets, Set.of(), dead, List.of(peer("b", i)), START + millis(1_000L * i));
            assertThat(reach.masked()).isEqualTo(addresses(all(i)));
        }
    }

    @Test
    void while_it_doubts_it_keeps_what_it_left_out_and_takes_back_what_answers() {
        var targets = targets(10);
        var old = dead(0, 1, 2);
        Reach reach = Reach.START.next(targets, Set.of(), old, List.of(peer("b", 1)), START);
        var more = dead(5_000, all(8));
        more.putAll(old);
        reach = reach.next(targets, Set.of(), more, List.of(peer("b", 1)), START + millis(5_000));
        assertThat(reach.masked()).isEqualTo(addresses(1, 2));
        assertThat(reach.patience(Duration.ofSeconds(60))).isEqualTo(Duration.ofMillis(1_500));
        assertThat(reach.patience(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
        more.remove(v4(1));
        reach = reach.next(targets, Set.of(), more, List.of(peer("b", 1)), START + millis(5_100));
        assertThat(reach.masked()).isEqualTo(addresses(2));
    }

    private static Reach isolatedOfTen(Peer other) {
        var targets = targets(10);
        var dead = dead(0, all(10));
        Reach reach = Reach.START.next(targets, Set.of(), dead, List.of(other), START);
        reach = reach.next(targets, Set.of(), dead, List.of(peer("b", 2)), START + millis(200));
        reach = reach.next(targets, Set.of(), dead, List.of(peer("b", 2)), START + millis(1_500));
        assertThat(reach.isolated()).isTrue();
        return reach;
    }

    @Test
    void it_comes_back_when_it_reaches_half_and_leaves_nobody_out_before_all_had_time_to_come_back() {
        var targets = targets(10);
        Reach reach = isolatedOfTen(peer("b", 1));
        List<Peer> peers = List.of(peer("b", 2));
        reach = reach.next(targets, Set.of(), dead(0, all(6)), peers, START + millis(9_000));
        assertThat(reach.isolated()).as("four of ten").isTrue();
        reach = reach.next(targets, Set.of(), dead(0, all(5)), peers, START + millis(9_300));
        assertThat(ipv4(reach).standing()).isEqualTo(Standing.DOUBTFUL);
        assertThat(reach.masked()).isEmpty();
        reach = reach.next(targets, Set.of(), dead(0, 1), peers, START + millis(10_600));
        assertThat(ipv4(reach).standing()).isEqualTo(Standing.SETTLED);
        assertThat(reach.masked()).isEqualTo(addresses(1));
    }

    @Test
    void it_comes_back_when_it_reaches_as_much_as_the_best_of_the_others() {
        var targets = targets(10);
        Reach reach = isolatedOfTen(peer("b", 1))
                .next(targets, Set.of(), dead(0, all(7)), List.of(peer("b", 3, all(7))), START + millis(9_000));
        assertThat(reach.isolated()).isFalse();
        assertThat(isolatedOfTen(peer("b", 1))
                        .next(targets, Set.of(), dead(0, all(7)), List.of(), START + millis(9_000))
                        .isolated())
                .as("the others are gone: three of ten are better than none")
                .isFalse();
    }

    @Test
    void a_family_may_fail_alone() {
        SortedMap<IpAddress, String> targets = targets(4);
        IntStream.rangeClosed(1, 4).forEach(i -> targets.put(v6(i), "uid-" + i));
        Map<IpAddress, Long> dead = new HashMap<>(Map.of(v6(1), START));
        Reach one = Reach.START.next(targets, Set.of(), dead, List.of(peer("b", 1)), START);
        assertThat(one.masked()).containsExactly(v6(1));
        IntStream.rangeClosed(2, 4).forEach(i -> dead.put(v6(i), START));
        Reach all = Reach.START
                .next(targets, Set.of(), dead, List.of(peer("b", 1)), START)
                .next(targets, Set.of(), dead, List.of(peer("b", 2)), START + millis(200))
                .next(targets, Set.of(), dead, List.of(peer("b", 2)), START + millis(1_500));
        assertThat(all.isolatedFamilies()).containsExactly(IpFamily.IPV6);
        assertThat(all.isolated()).as("the other family works").isFalse();
        assertThat(all.masked()).isEmpty();
    }

    @Test
    void whoever_sees_another_pod_miss_most_targets_is_asked_to_write_once() {
        var targets = targets(10);
        Reach reach = Reach.START.next(targets, Set.of(), Map.of(), List.of(peer("b", 1, all(5))), START);
        assertThat(reach.pleas()).as("half").isZero();
        reach = reach.next(targets, Set.of(), Map.of(), List.of(peer("b", 2, all(6))), START + 1);
        assertThat(reach.pleas()).isEqualTo(1);
        reach = reach.next(targets, Set.of(), Map.of(), List.of(peer("b", 3, all(6))), START + 2);
        assertThat(reach.pleas()).isEqualTo(1);
        reach = reach.next(targets, Set.of(), Map.of(), List.of(peer("b", 4, all(7))), START + 3);
        assertThat(reach.pleas()).as("it misses more").isEqualTo(2);
        reach = reach.next(targets, Set.of(), Map.of(), List.of(isolated(peer("b", 5, all(10)))), START + 4);
        assertThat(reach.pleas()).as("it has understood").isEqualTo(2);
    }

    /** Pods of an old version end together: that is no failure of this pod. */
    @Test
    void draining_targets_that_fall_silent_are_left_out_and_nothing_follows_from_it() {
        var targets = targets(10);
        var draining = addresses(all(8));
        List<Peer> peers = List.of(peer("b", 1));
        Reach reach = Reach.START
                .next(targets, draining, Map.of(), peers, START)
                .next(targets, draining, dead(1_000, all(7)), peers, START + millis(1_000));
        assertThat(ipv4(reach).standing()).isEqualTo(Standing.SETTLED);
        assertThat(reach.masked()).isEqualTo(addresses(all(7)));
        assertThat(reach.unreachable()).isEmpty();
        Reach other = Reach.START.next(targets, draining, Map.of(), List.of(peer("b", 1, all(8))), START);
        assertThat(other.pleas()).as("nor when another pod says so").isZero();
        assertThat(other.masked()).isEmpty();
    }

    @Test
    void a_pod_that_doubts_or_is_cut_off_leaves_no_draining_target_out() {
        var targets = targets(10);
        var draining = addresses(1);
        var dead = dead(0, all(10));
        Reach reach = Reach.START
                .next(targets, draining, Map.of(), List.of(peer("b", 1)), START)
                .next(targets, draining, dead, List.of(peer("b", 1)), START);
        assertThat(ipv4(reach).standing()).isEqualTo(Standing.DOUBTFUL);
        assertThat(reach.masked()).isEmpty();
        reach = reach.next(targets, draining, dead, List.of(peer("b", 2)), START + millis(200))
                .next(targets, draining, dead, List.of(peer("b", 2)), START + millis(1_500));
        assertThat(reach.isolated()).isTrue();
        assertThat(reach.masked()).isEmpty();
    }

    /** They get the new flows then. */
    @Test
    void when_all_targets_drain_they_are_judged_like_others() {
        var targets = targets(3);
        Reach reach = Reach.START.next(targets, targets.keySet(), dead(0, 1), List.of(), START);
        assertThat(reach.masked()).isEqualTo(addresses(1));
        assertThat(reach.unreachable().keySet()).isEqualTo(addresses(1));
        assertThat(ipv4(Reach.START.next(targets, targets.keySet(), dead(0, all(3)), List.of(), START))
                        .standing())
                .isEqualTo(Standing.NOBODY_ANSWERS);
    }

    @Test
    void a_target_that_is_not_wanted_any_more_is_forgotten() {
        Reach reach = Reach.START.next(targets(3), Set.of(), dead(0, 3), List.of(), START);
        reach = reach.next(targets(2), Set.of(), dead(0, 3), List.of(), START + 1);
        assertThat(reach.masked()).isEmpty();
        assertThat(reach.unreachable()).isEmpty();
        assertThat(reach.next(new TreeMap<>(), Set.of(), Map.of(), List.of(), START + 2)
                        .isolated())
                .isFalse();
    }

    @Test
    void the_line_for_the_log_names_ten_addresses_at_most() {
        List<IpAddress> many = new ArrayList<>(targets(12).keySet());
        assertThat(FamilyReach.text(many)).endsWith("10.0.0.10 and 2 more");
        assertThat(Reach.START
                        .next(targets(3), Set.of(), dead(0, 3), List.of(), START)
                        .text())
                .isEqualTo("unreachable=[10.0.0.3] masked=[10.0.0.3]");
        assertThat(Reach.START
                        .next(targets(2), Set.of(), dead(0, 1, 2), List.of(), START)
                        .text())
                .isEqualTo("IPV4=NOBODY_ANSWERS unreachable=[10.0.0.1 10.0.0.2] masked=[]");
        assertThat(Reach.START.text()).isEmpty();
    }
}
