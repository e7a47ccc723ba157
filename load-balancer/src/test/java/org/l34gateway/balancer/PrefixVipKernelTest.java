// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Protocol;

/** Real packets to addresses of VIPs that are prefixes, and the answers. */
@Tag("kernel")
@Timeout(60)
@ExtendWith(InScratchNetns.class)
class PrefixVipKernelTest {
    private static final String V4 = "20.1.0.0/24";
    private static final String V6 = "fd21::/64";
    private static final List<String> ADDRESSES4 = List.of("20.1.0.0", "20.1.0.7", "20.1.0.255");
    private static final List<String> ADDRESSES6 = List.of("fd21::1", "fd21::7", "fd21::ffff:ffff:ffff:ffff");
    private static final Set<Protocol> TCP_UDP = Set.of(Protocol.TCP, Protocol.UDP);
    private static final int LATE_MILLIS = 3_000;
    private static final int SOON_MILLIS = 300;

    private final Testbed bed = new Testbed();

    @BeforeEach
    void hold() {
        bed.hold(V4, ADDRESSES4);
        bed.hold(V6, ADDRESSES6);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private LoadBalancer open(FastPath fastPath) {
        return bed.gateway.call(() -> LoadBalancer.open(Testbed.INTERFACES, fastPath, System::nanoTime));
    }

    private static List<String> addresses(String prefix) {
        return prefix.contains(":") ? ADDRESSES6 : ADDRESSES4;
    }

    private static ForwardingProgram prefixes() {
        return new ForwardingProgram(
                Programs.SEED,
                List.of(Programs.group("uid-a", 16, Set.of(1, 2, 3, 4), V4, V6)),
                List.of(Programs.flow("ns/prefix", 1, TCP_UDP, "uid-a", V4, V6)));
    }

    /** Targets 1 and 2 have the prefix, target 3 one address of it. */
    private static ForwardingProgram around(String prefix, String host, int priorityOfHost) {
        Flow wide = Programs.flow("ns/wide", 5, TCP_UDP, "uid-a", prefix);
        Flow narrow = Programs.flow("ns/narrow", priorityOfHost, TCP_UDP, "uid-b", host);
        return new ForwardingProgram(
                Programs.SEED,
                List.of(
                        Programs.group("uid-a", 16, Set.of(1, 2), prefix),
                        Programs.group("uid-b", 16, Set.of(3), host)),
                List.of(wide, narrow));
    }

    @ParameterizedTest
    @CsvSource({V4 + ", ON", V4 + ", OFF", V6 + ", ON", V6 + ", OFF"})
    void packets_to_every_address_spread_over_the_targets_and_answers_come_back(String prefix, FastPath fastPath)
            throws IOException {
        try (LoadBalancer balancer = open(fastPath);
                KernelCounters counters = bed.counters()) {
            assertThat(balancer.apply(prefixes()).problems()).isEmpty();
            for (String address : addresses(prefix)) {
                Set<Integer> taken = new HashSet<>();
                for (int i = 0; i < 40; i++) {
                    DatagramSocket socket = bed.udpSocket(address);
                    Optional<Integer> target = Testbed.udp(socket, address, 100, LATE_MILLIS);
                    assertThat(target).as(address).isPresent();
                    taken.add(target.get());
                    assertThat(bed.tcp(address, 10, 10)).isIn(1, 2, 3, 4);
                }
                assertThat(taken).as(address).hasSize(Testbed.TARGETS);
            }
            assertThat(counters.read(prefixes(), Flow::name).flows())
                    .hasEntrySatisfying(
                            "ns/prefix", count -> assertThat(count.packets()).isGreaterThan(240));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void fragments_ping_and_large_answers_pass(String prefix) throws IOException {
        try (LoadBalancer balancer = open(FastPath.ON)) {
            balancer.apply(prefixes());
            String address = addresses(prefix).get(1);
            DatagramSocket socket = bed.udpSocket(address);
            Optional<Integer> target = Testbed.udp(socket, address, 100, LATE_MILLIS);
            assertThat(Testbed.udp(socket, address, 4_000, LATE_MILLIS))
                    .isPresent()
                    .isEqualTo(target);
            assertThat(Testbed.run(bed.client, "ping -c 2 -i 0.2 -W 2 " + address))
                    .contains(" 0% packet loss");
            Testbed.ip(bed.router, "link set r1 mtu 1300");
            for (int i = 0; i < 8; i++) {
                bed.tcp(address, 10, 100_000);
            }
            Testbed.ip(bed.gateway, "link set ext mtu 1290");
            for (int i = 0; i < 8; i++) {
                bed.tcp(address, 10, 100_000);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({V4 + ", 20.1.0.7", V6 + ", fd21::7"})
    void priority_decides_about_an_address_that_has_a_route_of_its_own(String prefix, String host) throws IOException {
        try (LoadBalancer balancer = open(FastPath.ON)) {
            balancer.apply(around(prefix, host, 9));
            assertThat(bed.tcp(host, 10, 10)).isEqualTo(3);
            assertThat(bed.tcp(addresses(prefix).getFirst(), 10, 10)).isIn(1, 2);
            balancer.apply(around(prefix, host, 1));
            assertThat(bed.tcp(host, 10, 10)).isIn(1, 2);
        }
    }

    @Test
    void a_prefix_is_read_again_by_a_new_process_and_goes_without_a_trace() {
        IpPrefix vip = IpPrefix.parse(V4);
        try (LoadBalancer balancer = open(FastPath.ON)) {
            assertThat(balancer.apply(prefixes()).vips()).contains(vip, IpPrefix.parse(V6));
        }
        try (LoadBalancer balancer = open(FastPath.ON)) {
            assertThat(balancer.inspect().targets())
                    .hasEntrySatisfying(vip, targets -> assertThat(targets).hasSize(Testbed.TARGETS))
                    .hasSize(2);
            assertThat(balancer.apply(prefixes()).changed()).isFalse();
            String rules = Testbed.run(bed.gateway, "nft list table inet l34");
            assertThat(rules)
                    .contains("ip daddr & 255.255.255.0 vmap @dispatch4_24")
                    .contains("ip6 daddr & ffff:ffff:ffff:ffff:: vmap @dispatch6_64");
            balancer.apply(Programs.example(16, Set.of(1, 2, 3, 4)));
            assertThat(Testbed.run(bed.gateway, "nft list table inet l34")).doesNotContain("4_24", "6_64");
            String address = ADDRESSES4.getFirst();
            assertThat(Testbed.udp(bed.udpSocket(address), address, 100, SOON_MILLIS))
                    .isEmpty();
            assertThat(Testbed.udp(bed.udpSocket("20.0.0.1"), "20.0.0.1", 100, LATE_MILLIS))
                    .isPresent();
        }
    }
}
