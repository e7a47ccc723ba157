// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.bird.BirdPair.until;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

/** Two real BIRDs in network namespaces. */
@Tag("kernel")
class BirdKernelTest {
    private static final Bfd BFD = new Bfd.On(Duration.ofMillis(100), Duration.ofMillis(100), 3);

    @TempDir
    private Path directory;

    private BirdPair pair;
    private RunningBird gateway;

    @BeforeEach
    void start() throws Exception {
        pair = new BirdPair(directory);
        gateway = new RunningBird(pair.shared, Duration.ofSeconds(2));
    }

    @AfterEach
    void stop() throws Exception {
        if (pair != null) {
            pair.stop();
        }
    }

    private static BgpNeighbour on(String name, String address) {
        BgpNeighbour sample = Samples.neighbour(name, address, BFD);
        return new BgpNeighbour(
                name,
                IpAddress.parse(address),
                new InterfaceName("e0"),
                sample.local(),
                sample.remote(),
                new HoldTime(24),
                BFD);
    }

    private static BirdConfiguration bothFamilies(String... vips) {
        return new BirdConfiguration(
                Samples.ROUTER_ID,
                Samples.prefixes(vips),
                List.of(on("default/vpn-b", "169.254.100.150"), on("default/vpn-b-v6", "100:100::150")));
    }

    private void awaitSessions() throws Exception {
        until(
                "both sessions with BFD",
                () -> gateway.control().sessions().stream()
                                        .filter(BgpSession::established)
                                        .count()
                                == 2
                        && gateway.control().bfdSessions().stream()
                                        .filter(s -> s.state() == BfdSession.State.UP)
                                        .count()
                                == 2);
    }

    @Test
    void vips_are_announced_and_withdrawn_and_only_default_routes_are_learned() throws Exception {
        assertThat(gateway.apply(bothFamilies("20.0.0.1", "2000::1"))).isInstanceOf(Reconfiguration.Done.class);
        awaitSessions();
        until("VIPs at the router", () -> pair.announced().equals(List.of("20.0.0.1/32", "2000::1/128")));
        until("default routes", () -> pair.learnedRoutes().size() == 2);
        // The router also announces 66.0.0.0/8: D52.
        assertThat(pair.learnedRoutes())
                .containsExactly("default via 169.254.100.150 dev e0", "default via 100:100::150 dev e0");
        assertThat(gateway.control().learnedDefaultRoutes()).isEqualTo(EnumSet.allOf(IpFamily.class));
        assertThat(gateway.control().exportedRoutes(on("default/vpn-b", "169.254.100.150")))
                .isEqualTo(1);

        var since = gateway.control().sessions().getFirst().since();
        assertThat(gateway.apply(bothFamilies("40.0.0.1", "40.0.0.0/24", "2000::/64")))
                .isInstanceOf(Reconfiguration.Done.class);
        until(
                "other VIPs, a prefix around one of them",
                () -> pair.announced().equals(List.of("40.0.0.0/24", "40.0.0.1/32", "2000::/64")));
        gateway.apply(bothFamilies());
        until("no VIP", () -> pair.announced().isEmpty());
        assertThat(gateway.control().sessions().getFirst().since())
                .as("no session restarted")
                .isEqualTo(since);
    }

    @Test
    void the_hold_time_that_was_given_is_the_one_that_counts() throws Exception {
        gateway.apply(bothFamilies());
        awaitSessions();
        try (var connection = ControlConnection.open(pair.shared.controlSocket(), Duration.ofSeconds(2))) {
            assertThat(connection.ask("show protocols all").texts(1006)).anyMatch(line -> line.endsWith("/24"));
        }
    }

    @Test
    void a_neighbour_that_goes_leaves_the_sessions_of_others_alone() throws Exception {
        gateway.apply(bothFamilies("20.0.0.1"));
        awaitSessions();
        var before = gateway.control().sessions().getFirst();
        var left = new BirdConfiguration(
                Samples.ROUTER_ID, Samples.prefixes("20.0.0.1"), List.of(on("default/vpn-b", "169.254.100.150")));
        gateway.apply(left);
        until("one session", () -> gateway.control().sessions().equals(List.of(before)));
        until("no IPv6", () -> gateway.control().learnedDefaultRoutes().equals(EnumSet.of(IpFamily.IPV4)));
    }

    @Test
    void a_bad_configuration_is_refused_and_the_old_one_stays_in_effect_and_on_disk() throws Exception {
        gateway.apply(bothFamilies("20.0.0.1"));
        awaitSessions();
        String good = Files.readString(pair.shared.generatedFile());
        pair.shared.writeCandidate(good + "protocol bgp broken { nonsense }");
        assertThat(gateway.control().check(pair.shared.candidateConfiguration()))
                .isInstanceOf(Reconfiguration.Refused.class);
        Files.writeString(pair.shared.generatedFile(), good + "protocol bgp broken { nonsense }");
        assertThat(gateway.control().configure()).isInstanceOfSatisfying(Reconfiguration.Refused.class, refused -> {
            assertThat(refused.file()).endsWith("l34.conf");
            assertThat(refused.line()).isEqualTo((int) good.lines().count() + 1);
        });
        assertThat(gateway.control().sessions()).allMatch(BgpSession::established);
        assertThat(pair.announced()).containsExactly("20.0.0.1/32");
    }

    @Test
    void a_bird_that_was_killed_comes_back_with_the_configuration_it_had() throws Exception {
        gateway.apply(bothFamilies("20.0.0.1"));
        awaitSessions();
        var started = gateway.control().status().started();
        pair.killGateway();
        until("the router noticed", () -> pair.announced().isEmpty());
        pair.startGateway();
        awaitSessions();
        until("VIP again", () -> pair.announced().equals(List.of("20.0.0.1/32")));
        assertThat(gateway.control().status().started()).isAfter(started);
    }

    @Test
    void a_hostile_name_makes_a_session_like_any_other() throws Exception {
        var hostile = on("x\"; }\nprotocol static evil { ipv4 {}; route 6.6.6.6/32 blackhole; }\n#", "169.254.100.150");
        var configuration = new BirdConfiguration(Samples.ROUTER_ID, Samples.prefixes("20.0.0.1"), List.of(hostile));
        assertThat(gateway.apply(configuration)).isInstanceOf(Reconfiguration.Done.class);
        until("the VIP and no other", () -> pair.announced().equals(List.of("20.0.0.1/32")));
        assertThat(gateway.control().sessions())
                .extracting(BgpSession::protocol)
                .containsExactly(hostile.protocolName());
    }
}
