// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against the servers over loopback. */
class TrafficTest {
    private static final InetAddress FOUR = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress SIX = InetAddress.ofLiteral("::1");

    private record Serving(TcpServer server, InetSocketAddress at) implements AutoCloseable {
        static Serving on(InetAddress address) throws IOException {
            var server = TcpServer.listen(0, "pod-1");
            return new Serving(server, new InetSocketAddress(address, server.port()));
        }

        @Override
        public void close() throws IOException {
            server.stopListening();
        }
    }

    private record ServingUdp(UdpServers servers, int port) implements AutoCloseable {
        static ServingUdp on(InetAddress... addresses) throws IOException {
            int port;
            try (var probe = new DatagramSocket(0, FOUR)) {
                port = probe.getLocalPort();
            }
            var servers = new UdpServers(Set.of(port), "pod-1");
            servers.follow(Set.of(addresses));
            return new ServingUdp(servers, port);
        }

        @Override
        public void close() throws IOException {
            servers.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void every_tcp_connection_is_counted_for_the_host_that_answered(String address) throws Exception {
        try (var serving = Serving.on(InetAddress.ofLiteral(address))) {
            var result = TrafficClient.run(TrafficPlan.of(serving.at, TransportProtocol.TCP, 50));
            assertThat(result.targets()).isEqualTo(Map.of("pod-1", 50));
            assertThat(result.failures()).isEmpty();
            assertThat(result.latency().p50())
                    .isPositive()
                    .isLessThanOrEqualTo(result.latency().p99());
        }
    }

    @ParameterizedTest
    @CsvSource({"1,0", "0,1", "9000,70000", "3000000,5000000"})
    void payloads_and_answers_of_any_size_come_back_unchanged_over_tcp(int payload, int answer) throws Exception {
        try (var serving = Serving.on(FOUR)) {
            var plan = TrafficPlan.of(serving.at, TransportProtocol.TCP, 3)
                    .withExchange(payload, answer)
                    .withTimeout(Duration.ofSeconds(20));
            assertThat(TrafficClient.run(plan).targets()).isEqualTo(Map.of("pod-1", 3));
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "9000,30000", "65507,65507"})
    void payloads_and_answers_of_any_size_come_back_unchanged_over_udp(int payload, int answer) throws Exception {
        try (var serving = ServingUdp.on(FOUR, SIX)) {
            for (var address : new InetAddress[] {FOUR, SIX}) {
                var to = new InetSocketAddress(address, serving.port);
                var plan = TrafficPlan.of(to, TransportProtocol.UDP, 3)
                        .withExchange(payload, answer)
                        .withTimeout(Duration.ofSeconds(20));
                var result = TrafficClient.run(plan);
                assertThat(result.targets()).as(result.toText()).isEqualTo(Map.of("pod-1", 3));
            }
        }
    }

    @Test
    void the_source_address_is_the_one_that_was_asked_for() throws Exception {
        try (var listener = new ServerSocket(0, 5, FOUR)) {
            var source = InetAddress.ofLiteral("127.0.0.9");
            var to = new InetSocketAddress(FOUR, listener.getLocalPort());
            var plan = TrafficPlan.of(to, TransportProtocol.TCP, 1).withSource(source);
            var run = new FutureTask<>(() -> TrafficClient.run(plan));
            Thread.ofVirtual().start(run);
            try (Socket connection = listener.accept()) {
                assertThat(connection.getInetAddress()).isEqualTo(source);
            }
            assertThat(run.get().failures()).isEqualTo(Map.of("closed before the host name", 1));
        }
    }

    @Test
    void who_does_not_answer_in_time_has_failed_with_timeout() throws Exception {
        try (var silent = new ServerSocket(0, 50, FOUR)) {
            var to = new InetSocketAddress(FOUR, silent.getLocalPort());
            var plan = TrafficPlan.of(to, TransportProtocol.TCP, 2).withTimeout(Duration.ofMillis(50));
            assertThat(TrafficClient.run(plan).failures()).isEqualTo(Map.of("timeout", 2));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TCP", "UDP"})
    void a_port_where_nobody_listens_is_refused(TransportProtocol protocol) throws Exception {
        int port;
        try (var closed = new ServerSocket(0, 1, FOUR)) {
            port = closed.getLocalPort();
        }
        var plan = TrafficPlan.of(new InetSocketAddress(FOUR, port), protocol, 2);
        assertThat(TrafficClient.run(plan).failures()).isEqualTo(Map.of("refused", 2));
    }

    @Test
    void udp_sockets_follow_the_addresses_and_answer_from_the_one_that_was_asked() throws Exception {
        var vip = InetAddress.ofLiteral("127.0.0.20");
        try (var serving = ServingUdp.on(FOUR)) {
            var plan = TrafficPlan.of(new InetSocketAddress(vip, serving.port), TransportProtocol.UDP, 1);
            assertThat(TrafficClient.run(plan).failed()).isEqualTo(1);
            serving.servers.follow(Set.of(FOUR, vip));
            // The client's socket is connected: an answer of another address would not reach it.
            assertThat(TrafficClient.run(plan).ok()).isEqualTo(1);
            serving.servers.follow(Set.of(FOUR));
            assertThat(TrafficClient.run(plan).failed()).isEqualTo(1);
        }
    }

    @Test
    void an_address_that_cannot_be_bound_yet_is_tried_again_and_hurts_no_other() throws Exception {
        var notHere = InetAddress.ofLiteral("192.0.2.1");
        try (var serving = ServingUdp.on(FOUR, notHere)) {
            serving.servers.follow(Set.of(FOUR, notHere));
            var plan = TrafficPlan.of(new InetSocketAddress(FOUR, serving.port), TransportProtocol.UDP, 1);
            assertThat(TrafficClient.run(plan).ok()).isEqualTo(1);
        }
    }

    @Test
    void a_server_that_stops_listening_lets_open_connections_finish() throws Exception {
        try (var serving = Serving.on(FOUR);
                var open = new Socket(FOUR, serving.at.getPort())) {
            var in = open.getInputStream();
            assertThat(in.readNBytes(6)).asString().isEqualTo("pod-1\n");
            serving.server.stopListening();
            assertThat(serving.server.drained(Duration.ofMillis(1))).isFalse();
            open.getOutputStream().write("still here\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(in.readNBytes(11)).asString().isEqualTo("still here\n");
            open.shutdownOutput();
            assertThat(serving.server.drained(Duration.ofSeconds(10))).isTrue();
        }
    }
}
