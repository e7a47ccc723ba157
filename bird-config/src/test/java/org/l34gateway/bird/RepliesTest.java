// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.bird.BgpSession.State;
import org.l34gateway.ip.IpAddress;

/** The files under {@code replies} are what BIRD 2.0.12 really answered. */
class RepliesTest {
    private static final List<String> FILES =
            List.of("protocols.txt", "bfd-sessions.txt", "status.txt", "default-route.txt");

    private static Reply reply(String file) throws IOException {
        try (InputStream resource = RepliesTest.class.getResourceAsStream("replies/" + file)) {
            assertThat(resource).as(file).isNotNull();
            return Reply.parse(new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        }
    }

    private static Reply of(String... lines) {
        return Reply.parse(List.of(lines));
    }

    @Test
    void sessions_are_read_in_every_state_with_their_last_error() throws IOException {
        LocalDateTime start = LocalDateTime.parse("2026-11-23T07:22:26");
        assertThat(BgpSession.of(reply("protocols.txt")))
                .containsExactly(
                        new BgpSession(
                                "l34_default_vpn_b_v4_064f4753feca",
                                State.ESTABLISHED,
                                start.plusSeconds(1),
                                IpAddress.parse("169.254.100.150"),
                                ""),
                        new BgpSession(
                                "l34_default_vpn_b_v6_f440a5ef9b93",
                                State.ACTIVE,
                                start,
                                IpAddress.parse("100:100::150"),
                                "Socket: Connection reset by peer"),
                        new BgpSession(
                                "l34_refused",
                                State.ACTIVE,
                                start,
                                IpAddress.parse("169.254.100.150"),
                                "Socket: Connection refused"),
                        new BgpSession("l34_noif", State.IDLE, start, IpAddress.parse("169.254.200.99"), ""),
                        new BgpSession("l34_ll", State.ACTIVE, start, IpAddress.parse("fe80::77"), ""));
    }

    @Test
    void a_time_without_a_date_is_unknown_and_the_row_is_still_read() {
        assertThat(BgpSession.of(of(
                        "1002-x BGP --- up 07:11:44.956 Established ",
                        "1006-  BGP state:          Established",
                        "     Neighbor address: 10.0.0.1",
                        "0000 ")))
                .containsExactly(new BgpSession("x", State.ESTABLISHED, null, IpAddress.parse("10.0.0.1"), ""));
    }

    @Test
    void bfd_sessions_are_read_below_the_head_of_their_table() throws IOException {
        assertThat(BfdSession.of(reply("bfd-sessions.txt")))
                .containsExactly(
                        new BfdSession(IpAddress.parse("169.254.100.150"), "e0", BfdSession.State.UP),
                        new BfdSession(IpAddress.parse("fe80::77"), "e0", BfdSession.State.DOWN),
                        new BfdSession(IpAddress.parse("100:100::150"), "e0", BfdSession.State.DOWN));
    }

    @Test
    void the_status_has_times_and_the_router_id() throws IOException {
        BirdStatus status = BirdStatus.of(reply("status.txt"));
        assertThat(status.version()).isEqualTo("BIRD 2.0.12");
        assertThat(status.routerId()).isEqualTo(Samples.ROUTER_ID);
        assertThat(status.started()).isEqualTo(LocalDateTime.parse("2026-11-23T07:11:44.094"));
        assertThat(status.reconfigured()).isAfter(status.started());
    }

    @Test
    void a_default_route_is_seen_and_nothing_else_is_taken_for_one() throws IOException {
        assertThat(BirdControl.showsRoute(reply("default-route.txt"), "0.0.0.0/0"))
                .isTrue();
        assertThat(BirdControl.showsRoute(reply("default-route.txt"), "::/0")).isFalse();
        assertThat(BirdControl.showsRoute(of("8001 Network not found"), "0.0.0.0/0"))
                .isFalse();
        assertThat(BirdControl.showsRoute(of("1007-Table master4:", "0000 "), "0.0.0.0/0"))
                .isFalse();
    }

    record Answer(String line, Reconfiguration meaning) {}

    static Stream<Answer> answers() {
        return Stream.of(
                new Answer("0003 Reconfigured", new Reconfiguration.Done()),
                new Answer("0020 Configuration OK", new Reconfiguration.Done()),
                new Answer("0004 Reconfiguration in progress", new Reconfiguration.UnderWay()),
                new Answer("0005 Reconfiguration already in progress", new Reconfiguration.UnderWay()),
                new Answer("0006 Reconfiguration ignored, shutting down", new Reconfiguration.ShuttingDown()),
                new Answer(
                        "8002 /run/l34/bird/l34.conf.new:40:194 EBGP requires explicit import policy",
                        new Reconfiguration.Refused(
                                "/run/l34/bird/l34.conf.new", 40, "EBGP requires explicit import policy")),
                new Answer(
                        "8002 /none.conf: No such file or directory",
                        new Reconfiguration.Refused("", 0, "/none.conf: No such file or directory")));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void every_answer_to_configure_has_its_meaning(Answer row) throws Exception {
        assertThat(Reconfiguration.of(of("0002-Reading configuration from x", row.line())))
                .isEqualTo(row.meaning());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000 ", "9001 syntax error", "0013 Daemon is up and running", "nonsense"})
    void an_answer_to_something_else_is_no_answer(String line) {
        assertThatExceptionOfType(BirdUnreachableException.class).isThrownBy(() -> Reconfiguration.of(of(line)));
    }

    @Test
    void only_four_digits_and_a_space_end_a_reply() {
        assertThat(Reply.endsReply("0000 ")).isTrue();
        for (String line : List.of("0000", "0000-", "000 x", " 0000 ", "00a0 ", "")) {
            assertThat(Reply.endsReply(line)).as(line).isFalse();
        }
    }

    @Test
    void no_damage_to_a_reply_makes_a_parser_fail() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        for (String file : FILES) {
            List<String> whole = reply(file).lines().stream()
                    .map(line -> "%04d-%s".formatted(line.code(), line.text()))
                    .toList();
            for (int i = 0; i < 300; i++) {
                Reply damaged = Reply.parse(damage(whole, dice));
                assertThat(parsed(damaged))
                        .as("repeat with -Dseed=%d, %s %d", seed, file, i)
                        .isNotNull();
            }
        }
    }

    private static List<Object> parsed(Reply reply) {
        return List.of(BgpSession.of(reply), BfdSession.of(reply), BirdStatus.of(reply));
    }

    private static List<String> damage(List<String> lines, Random dice) {
        List<String> damaged = new ArrayList<>(lines);
        for (int cuts = 1 + dice.nextInt(8); cuts > 0; cuts--) {
            int at = dice.nextInt(damaged.size());
            String line = damaged.get(at);
            int column = dice.nextInt(line.length() + 1);
            switch (dice.nextInt(4)) {
                case 0 -> damaged.set(at, line.substring(0, column));
                case 1 -> damaged.set(at, line.substring(column));
                case 2 ->
                    damaged.set(at, line.substring(0, column) + (char) dice.nextInt(0xFFFF) + line.substring(column));
                default -> damaged.add(dice.nextInt(damaged.size()), line);
            }
        }
        return damaged;
    }
}
