// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.program.ByteMatch;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Protocol;

/** Real packets of routes that match bytes: what is in a header decides, at the interface and behind it. */
@Tag("kernel")
@Timeout(60)
@ExtendWith(InScratchNetns.class)
class ByteMatchKernelTest {
    private static final int LATE_MILLIS = 3_000;
    private static final int ODD = 3;
    private static final int EVEN = 1;

    private static final ByteMatch TAG = new ByteMatch(Protocol.SCTP, 4, 4, 0xC0000001L, 0x80000000L);
    private static final ByteMatch CHECKSUM = new ByteMatch(Protocol.SCTP, 9, 1, 0xFF, 7);

    private final Testbed bed = new Testbed();

    @AfterEach
    void close() {
        bed.close();
    }

    private LoadBalancer open(FastPath fastPath) {
        return bed.gateway.call(() -> LoadBalancer.open(Testbed.INTERFACES, fastPath, System::nanoTime));
    }

    /** The last bit of the client's port. */
    private static ByteMatch odd(Protocol protocol) {
        return new ByteMatch(protocol, 0, 2, 1, 1);
    }

    private static ForwardingProgram byPort() {
        return new ForwardingProgram(
                Programs.SEED,
                List.of(
                        Programs.group("uid-a", 8, Set.of(EVEN), "20.0.0.1", "fd20::1"),
                        Programs.group("uid-b", 8, Set.of(ODD), "20.0.0.1", "fd20::1")),
                List.of(
                        Programs.matching("ns/odd-tcp", 2, List.of(odd(Protocol.TCP)), "uid-b"),
                        Programs.matching("ns/odd-udp", 2, List.of(odd(Protocol.UDP)), "uid-b"),
                        Programs.matching("ns/tag", 2, List.of(TAG, CHECKSUM), "uid-b"),
                        Programs.flow(
                                "ns/even", 1, Set.of(Protocol.TCP, Protocol.UDP), "uid-a", "20.0.0.1", "fd20::1")));
    }

    @ParameterizedTest
    @CsvSource({"20.0.0.1, ON", "20.0.0.1, OFF", "fd20::1, ON", "fd20::1, OFF"})
    void packets_go_where_their_bytes_say_and_fragments_with_them(String vip, FastPath fastPath) throws IOException {
        try (LoadBalancer balancer = open(fastPath);
                KernelCounters counters = bed.counters()) {
            assertThat(balancer.apply(byPort()).problems()).isEmpty();
            for (int i = 0; i < 20; i++) {
                DatagramSocket socket = bed.udpSocket(vip);
                int expected = socket.getLocalPort() % 2 == 0 ? EVEN : ODD;
                assertThat(Testbed.udp(socket, vip, 100, LATE_MILLIS)).hasValue(expected);
                assertThat(Testbed.udp(socket, vip, 4_000, LATE_MILLIS)).hasValue(expected);
            }
            for (Socket socket : bed.connect(vip, 20)) {
                assertThat(Testbed.ask(socket, 10, 5_000)).isEqualTo(socket.getLocalPort() % 2 == 0 ? EVEN : ODD);
            }
            assertThat(counters.read(byPort(), Flow::name).flows())
                    .hasEntrySatisfying(
                            "ns/odd-udp", count -> assertThat(count.packets()).isPositive());
            assertThat(Testbed.run(bed.gateway, "nft list table inet l34"))
                    .contains(
                            "udp sport & 1 == 1 counter", "sctp vtag & 3221225473 == 2147483648 @th,72,8 0x7 counter");
        }
    }

    /** The ICMP error quotes an answer, whose bytes are no request's. */
    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void answers_larger_than_a_link_behind_the_router_arrive_from_a_flow_that_alone_matches_bytes(String vip)
            throws IOException {
        ByteMatch toPort = new ByteMatch(Protocol.TCP, 2, 2, 0xFFFF, Testbed.PORT);
        try (LoadBalancer balancer = open(FastPath.ON)) {
            balancer.apply(new ForwardingProgram(
                    Programs.SEED,
                    List.of(Programs.group("uid-a", 8, Set.of(1, 2), "20.0.0.1", "fd20::1")),
                    List.of(Programs.matching("ns/only", 1, List.of(toPort), "uid-a"))));
            Testbed.ip(bed.router, "link set r1 mtu 1300");
            for (int i = 0; i < 8; i++) {
                bed.tcp(vip, 10, 100_000);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void a_packet_without_the_bytes_of_the_only_flow_is_dropped(String vip) {
        ByteMatch neverHere = new ByteMatch(Protocol.UDP, 2, 2, 0xFFFF, Testbed.PORT + 1);
        try (LoadBalancer balancer = open(FastPath.ON)) {
            balancer.apply(new ForwardingProgram(
                    Programs.SEED,
                    List.of(Programs.group("uid-a", 8, Set.of(1), "20.0.0.1", "fd20::1")),
                    List.of(Programs.matching("ns/only", 1, List.of(neverHere), "uid-a"))));
            assertThat(Testbed.udp(bed.udpSocket(vip), vip, 100, 300)).isEmpty();
            assertThat(Testbed.run(bed.client, "ping -c 2 -i 0.2 -W 2 " + vip)).contains(" 0% packet loss");
        }
    }
}
