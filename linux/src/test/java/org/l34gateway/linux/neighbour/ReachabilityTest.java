// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.neighbour.Reachability.Look;
import org.l34gateway.netlink.MacAddress;
import org.l34gateway.netlink.Neighbour;

class ReachabilityTest {
    private static final IpAddress HOP = IpAddress.parse("10.1.0.1");
    private static final IpAddress OTHER = IpAddress.parse("fe80::1");
    private static final Map<String, Integer> STATES = Map.of(
            "NONE", Neighbour.STATE_NONE,
            "INCOMPLETE", Neighbour.STATE_INCOMPLETE,
            "REACHABLE", Neighbour.STATE_REACHABLE,
            "STALE", Neighbour.STATE_STALE,
            "DELAY", Neighbour.STATE_DELAY,
            "PROBE", Neighbour.STATE_PROBE,
            "FAILED", Neighbour.STATE_FAILED,
            "NOARP", Neighbour.STATE_NOARP,
            "PERMANENT", Neighbour.STATE_PERMANENT);

    /**
     * Looks at one address.
     *
     * @param looks {@code MILLISECOND[@IFINDEX] STATE → alive|dead[, question]}; ABSENT is no entry
     */
    record Row(String name, List<String> looks) {
        static Row of(String name, String... looks) {
            return new Row(name, List.of(looks));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Row> rows() {
        return List.of(
                Row.of(
                        "one that answers is asked at every look",
                        "0 REACHABLE → alive, unicast",
                        "300 REACHABLE → alive, unicast",
                        "600 STALE → alive, unicast",
                        "900 DELAY → alive, unicast"),
                Row.of(
                        "one that falls silent is dead 550 ms after the question",
                        "0 REACHABLE → alive, unicast",
                        "300 PROBE → alive",
                        "549 PROBE → alive",
                        "550 PROBE → dead, multicast"),
                Row.of(
                        "what the kernel gave up is asked under any MAC address",
                        "0 REACHABLE → alive, unicast",
                        "300 PROBE → alive",
                        "600 FAILED → dead, multicast",
                        "900 INCOMPLETE → dead",
                        "1200 FAILED → dead, multicast",
                        "1500 REACHABLE → alive, unicast",
                        "1800 PROBE → alive",
                        "2100 PROBE → dead, multicast"),
                Row.of(
                        "an answer at the last moment counts",
                        "0 REACHABLE → alive, unicast",
                        "300 PROBE → alive",
                        "600 REACHABLE → alive, unicast",
                        "900 PROBE → alive"),
                Row.of(
                        "one that was never seen has its time",
                        "0 ABSENT → alive, multicast",
                        "300 INCOMPLETE → alive",
                        "600 FAILED → dead, multicast"),
                Row.of(
                        "one that failed before anybody watched has its time",
                        "0 FAILED → alive, multicast",
                        "300 INCOMPLETE → alive",
                        "600 INCOMPLETE → dead",
                        "900 REACHABLE → alive, unicast"),
                Row.of(
                        "one that the kernel is asking already is not asked twice",
                        "0 PROBE → alive",
                        "300 FAILED → alive, multicast",
                        "600 INCOMPLETE → dead"),
                Row.of(
                        "an entry that somebody deleted is no miss, however late the look",
                        "0 REACHABLE → alive, unicast",
                        "700 ABSENT → alive, multicast",
                        "1400 REACHABLE → alive, unicast",
                        "2100 NONE → alive, multicast"),
                Row.of(
                        "an interface that is gone kills its neighbours",
                        "0 REACHABLE → alive, unicast",
                        "300 ABSENT → alive, multicast",
                        "600 ABSENT → alive, multicast",
                        "900 ABSENT → dead, multicast",
                        "1200 ABSENT → dead, multicast"),
                Row.of(
                        "on another interface it starts anew",
                        "0 REACHABLE → alive, unicast",
                        "300 PROBE → alive",
                        "600@8 FAILED → alive, multicast",
                        "900@8 INCOMPLETE → alive",
                        "1200@8 INCOMPLETE → dead"),
                Row.of(
                        "somebody's fixed entries are let alone",
                        "0 PERMANENT → alive",
                        "300 NOARP → alive",
                        "600 PERMANENT → alive"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void follows_one_address(Row row) {
        Reachability reachability = Reachability.UNKNOWN;
        List<String> told = new ArrayList<>();
        for (String text : row.looks()) {
            String[] words = text.split(" ");
            String[] when = words[0].split("@");
            int ifindex = when.length == 1 ? 7 : Integer.parseInt(when[1]);
            List<Neighbour> present = words[1].equals("ABSENT")
                    ? List.of()
                    : List.of(
                            new Neighbour(ifindex, HOP, null, STATES.getOrDefault(words[1], -1), 0),
                            new Neighbour(ifindex + 90, HOP, null, Neighbour.STATE_FAILED, 0));
            Look look = reachability.look(Map.of(HOP, ifindex), present, millis(Long.parseLong(when[0])));
            reachability = look.after();
            told.add(words[0] + " " + words[1] + " → " + tell(look, ifindex));
        }
        assertThat(told).containsExactlyElementsOf(row.looks());
    }

    /** Looks: {@code MILLISECOND[@IFINDEX] STATE MAC → MAC that answered}, one digit each. */
    private static List<Row> macRows() {
        return List.of(
                Row.of(
                        "an entry from before the first question says nothing",
                        "0 REACHABLE 1 → none",
                        "300 PROBE 1 → none",
                        "600 REACHABLE 1 → 1",
                        "900 STALE 1 → 1"),
                Row.of(
                        "whoever announces itself meanwhile is seen at once",
                        "0 STALE 1 → none",
                        "300 REACHABLE 1 → 1",
                        "600 STALE 2 → 2",
                        "900 DELAY 2 → 2"),
                Row.of(
                        "one that comes back is seen as soon as it is alive",
                        "0 REACHABLE 1 → none",
                        "300 PROBE 1 → none",
                        "600 FAILED 1 → none",
                        "900 STALE 2 → 2"),
                Row.of("a fixed entry says nothing", "0 PERMANENT 1 → none", "300 NOARP 1 → none"),
                Row.of(
                        "on another interface it starts anew",
                        "0 STALE 1 → none",
                        "300@8 REACHABLE 2 → none",
                        "600@8 REACHABLE 2 → 2"));
    }

    @ParameterizedTest
    @MethodSource("macRows")
    void tells_the_mac_address_of_an_answer(Row row) {
        Reachability reachability = Reachability.UNKNOWN;
        List<String> told = new ArrayList<>();
        for (String text : row.looks()) {
            String[] words = text.split(" ");
            String[] when = words[0].split("@");
            int ifindex = when.length == 1 ? 7 : Integer.parseInt(when[1]);
            Neighbour entry =
                    new Neighbour(ifindex, HOP, mac(words[2]), Objects.requireNonNull(STATES.get(words[1])), 0);
            Look look = reachability.look(Map.of(HOP, ifindex), List.of(entry), millis(Long.parseLong(when[0])));
            reachability = look.after();
            MacAddress seen = look.macs().get(HOP);
            String digit = seen == null ? "none" : seen.toString().substring(16);
            told.add(text.substring(0, text.indexOf('→')) + "→ " + digit);
        }
        assertThat(told).containsExactlyElementsOf(row.looks());
    }

    private static MacAddress mac(String digit) {
        return MacAddress.parse("02:00:00:00:00:0" + digit);
    }

    @Test
    void each_address_has_its_own_course() {
        Reachability reachability = Reachability.UNKNOWN;
        Map<IpAddress, Integer> both = Map.of(HOP, 7, OTHER, 8);
        List<Neighbour> oneAnswers = List.of(
                new Neighbour(7, HOP, null, Neighbour.STATE_REACHABLE, 0),
                new Neighbour(8, OTHER, null, Neighbour.STATE_FAILED, 0));
        for (long time : List.of(0L, 300L)) {
            reachability = reachability.look(both, oneAnswers, millis(time)).after();
        }
        Look third = reachability.look(both, oneAnswers, millis(600));
        assertThat(third.dead()).containsExactly(OTHER);
        assertThat(third.solicits()).containsExactly(new Solicit.Unicast(7, HOP), new Solicit.Multicast(8, OTHER));
    }

    /** The prober's thread was kept waiting between its look and its question: that is no neighbour's fault. */
    @Test
    void time_to_answer_runs_from_when_the_question_was_sent() {
        List<Neighbour> answering = List.of(new Neighbour(7, HOP, null, Neighbour.STATE_REACHABLE, 0));
        List<Neighbour> asked = List.of(new Neighbour(7, HOP, null, Neighbour.STATE_PROBE, 0));
        Reachability late = Reachability.UNKNOWN
                .look(Map.of(HOP, 7), answering, millis(0))
                .after()
                .asked(millis(0), millis(700));
        Look next = late.look(Map.of(HOP, 7), asked, millis(701));
        assertThat(next.dead()).isEmpty();
        assertThat(next.after()
                        .asked(millis(701), millis(900))
                        .look(Map.of(HOP, 7), asked, millis(1_300))
                        .dead())
                .as("an older question keeps its time")
                .containsExactly(HOP);
    }

    /**
     * Looks as the loops make them: each 200 ms after the one before, sometimes late, with questions that take their time. The
     * neighbour answers at once, until it falls silent at any moment.
     */
    @Test
    void whenever_it_falls_silent_it_is_dead_with_the_third_look_after_the_question() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        long latest = 0;
        long soonest = Long.MAX_VALUE;
        for (int round = 0; round < 2_000; round++) {
            long silentAt = millis(2_000) + TimeUnit.MICROSECONDS.toNanos(dice.nextInt(1_000_000));
            Reachability reachability = Reachability.UNKNOWN;
            long now = millis(0);
            boolean dead = false;
            boolean answers = true;
            while (!dead) {
                int state = answers ? Neighbour.STATE_REACHABLE : Neighbour.STATE_PROBE;
                Look look = reachability.look(Map.of(HOP, 7), List.of(new Neighbour(7, HOP, null, state, 0)), now);
                long sent = now + TimeUnit.MICROSECONDS.toNanos(dice.nextInt(Reachability.LOOK_MILLIS * 1_000));
                reachability = look.after().asked(now, sent);
                dead = look.dead().contains(HOP);
                assertThat(dead && now - silentAt < 0)
                        .as("repeat with -Dseed=%d", seed)
                        .isFalse();
                if (dead) {
                    latest = Math.max(latest, now - silentAt);
                    soonest = Math.min(soonest, now - silentAt);
                }
                answers = answers && sent - silentAt < 0;
                now += NeighbourProbe.INTERVAL.toNanos() + TimeUnit.MICROSECONDS.toNanos(dice.nextInt(3_000));
            }
        }
        assertThat(TimeUnit.NANOSECONDS.toMillis(soonest))
                .as("repeat with -Dseed=%d", seed)
                .isGreaterThan(500);
        assertThat(TimeUnit.NANOSECONDS.toMillis(latest))
                .as("repeat with -Dseed=%d", seed)
                .isLessThan(820);
    }

    @Test
    void what_is_not_watched_is_forgotten() {
        Reachability watched =
                Reachability.UNKNOWN.look(Map.of(HOP, 7), List.of(), millis(0)).after();
        Look away = watched.look(Map.of(), List.of(), millis(300));
        assertThat(away.solicits()).isEmpty();
        assertThat(away.after()).isEqualTo(Reachability.UNKNOWN);
        assertThat(away.after().look(Map.of(HOP, 7), List.of(), millis(600)).dead())
                .isEmpty();
    }

    private static String tell(Look look, int ifindex) {
        StringBuilder text = new StringBuilder(look.dead().contains(HOP) ? "dead" : "alive");
        for (Solicit solicit : look.solicits()) {
            assertThat(solicit.address()).isEqualTo(HOP);
            assertThat(solicit.ifindex()).isEqualTo(ifindex);
            text.append(
                    switch (solicit) {
                        case Solicit.Unicast _ -> ", unicast";
                        case Solicit.Multicast _ -> ", multicast";
                    });
        }
        return text.toString();
    }

    /** A clock may start anywhere, also just before it overflows. */
    private static long millis(long millis) {
        return Long.MAX_VALUE - 1_000 + TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
