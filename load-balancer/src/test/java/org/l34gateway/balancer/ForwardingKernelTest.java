// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.program.Dealing;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.SlotDeal;
import org.l34gateway.program.SlotTable;

/** Real packets through a real kernel, IPv4 and IPv6. */
@Tag("kernel")
@Timeout(60)
@ParameterizedClass
@EnumSource(names = {"ON", "EBPF"})
@ExtendWith(InScratchNetns.class)
class ForwardingKernelTest {
    private static final int CAPACITY = 16;
    private static final Set<Integer> ALL = Set.of(1, 2, 3, 4);
    private static final int SOON_MILLIS = 300;
    private static final int LATE_MILLIS = 3_000;

    private final AtomicLong nanos = new AtomicLong(1);
    private final Testbed bed = new Testbed();
    private final LoadBalancer balancer;

    ForwardingKernelTest(FastPath fastPath) {
        balancer = bed.gateway.call(() -> LoadBalancer.open(Testbed.INTERFACES, fastPath, nanos::get));
    }

    @BeforeEach
    void forwardToAllTargets() {
        assertThat(balancer.apply(Programs.example(CAPACITY, ALL)).problems()).isEmpty();
        assertThat(bed.gateway.call(balancer::check)).isEmpty();
    }

    @AfterEach
    void close() {
        balancer.close();
        bed.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void tcp_connections_spread_over_all_targets(String vip) throws IOException {
        int[] taken = new int[Testbed.TARGETS + 1];
        int connections = 200;
        for (int i = 0; i < connections; i++) {
            taken[bed.tcp(vip, 10, 10)]++;
        }
        for (int number : ALL) {
            assertThat(taken[number]).as("target %d", number).isGreaterThanOrEqualTo(connections * 15 / 100);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void the_kernel_takes_the_slot_that_java_works_out(String vip) {
        for (Sent sent : send(vip, 100)) {
            assertThat(sent.target())
                    .as("port %d", sent.socket().getLocalPort())
                    .hasValue(expected(vip, sent, ALL));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void only_the_flows_of_a_removed_target_move_and_they_come_back(String vip) {
        List<Sent> before = send(vip, 100);
        Applied applied = balancer.apply(Programs.example(CAPACITY, Set.of(1, 3, 4)));
        assertThat(applied.changed()).isTrue();
        for (Sent sent : before) {
            Optional<Integer> now = Testbed.udp(sent.socket(), vip, 100, LATE_MILLIS);
            if (sent.target().orElseThrow() == 2) {
                assertThat(now.orElseThrow()).isNotEqualTo(2);
            } else {
                assertThat(now).isEqualTo(sent.target());
            }
        }
        balancer.apply(Programs.example(CAPACITY, ALL));
        for (Sent sent : before) {
            assertThat(Testbed.udp(sent.socket(), vip, 100, LATE_MILLIS)).isEqualTo(sent.target());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void connections_stay_when_targets_are_added_and_new_ones_spread(String vip) throws IOException {
        settle(Set.of(1, 2));
        List<Socket> soon = bed.connect(vip, 40);
        List<Socket> later = bed.connect(vip, 40);
        List<Socket> silent = bed.connect(vip, 40);

        balancer.apply(Programs.example(CAPACITY, ALL));
        for (Socket socket : soon) {
            assertThat(Testbed.ask(socket, 10, 10)).isIn(1, 2);
        }
        for (Socket socket : later) {
            Testbed.askFirstHalf(socket, 10);
        }
        Set<Integer> taken = new HashSet<>();
        List<Socket> begun = bed.connect(vip, 40);
        for (int i = 0; i < 100; i++) {
            taken.add(bed.tcp(vip, 10, 10));
        }
        assertThat(taken).isEqualTo(ALL);

        nanos.addAndGet(Handovers.WINDOW.toNanos());
        assertThat(balancer.due()).isTrue();
        assertThat(balancer.apply(Programs.example(CAPACITY, ALL)).problems()).isEmpty();
        assertThat(balancer.due()).isFalse();
        for (Socket socket : later) {
            assertThat(Testbed.askSecondHalf(socket, 10)).isIn(1, 2);
        }
        taken.clear();
        for (Socket socket : begun) {
            taken.add(Testbed.ask(socket, 10, 10));
        }
        assertThat(taken).isEqualTo(ALL);
        assertThat(silent)
                .as("silent for the whole window, so taken for gone")
                .anySatisfy(socket ->
                        assertThatThrownBy(() -> Testbed.ask(socket, 10, 10)).isInstanceOf(IOException.class));
    }

    /** What is remembered of an earlier connection from the same port must not be mixed with the new one's slot. */
    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void a_port_that_is_used_again_begins_anew(String vip) throws IOException {
        settle(Set.of(1, 2));
        balancer.apply(Programs.example(CAPACITY, ALL));
        List<Integer> ports = new ArrayList<>();
        for (Socket socket : bed.connect(vip, 60)) {
            ports.add(socket.getLocalPort());
            Testbed.ask(socket, 10, 10);
            socket.setSoLinger(true, 0);
            socket.close();
        }
        // The remembered targets go, others come: each slot has a former target, and what is remembered is of the dead.
        balancer.apply(Programs.example(CAPACITY, Set.of(3, 4)));
        balancer.apply(Programs.example(CAPACITY, Set.of(1, 2, 3, 4)));
        for (int port : ports) {
            assertThat(Testbed.ask(bed.connectFrom(port, vip), 10, 10))
                    .as("port %d", port)
                    .isIn(ALL);
        }
    }

    /** The last packet of a connection is an acknowledgement, which must not make it live on. */
    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void only_connections_in_slots_that_moved_are_remembered_and_an_ended_one_not_for_long(String vip)
            throws IOException {
        settle(Set.of(1, 2, 3));
        balancer.apply(Programs.example(CAPACITY, ALL));
        int moved = 0;
        for (Socket socket : bed.connect(vip, 60)) {
            moved += Testbed.ask(socket, 10, 10) == 4 ? 1 : 0;
        }
        awaitRemembered(vip, moved);
        assertThat(remembered(vip)).allMatch(text -> text.matches(".*expires (9m|10m).*"));
        for (Socket socket : bed.connect(vip, 60)) {
            Testbed.ask(socket, 10, 10);
            socket.close();
        }
        assertThat(remembered(vip).stream().filter(text -> text.matches(".*expires \\d?\\ds.*")))
                .isNotEmpty();
        awaitRemembered(vip, moved);
    }

    /** A list may miss an element while the kernel makes its hash table larger or smaller. */
    private void awaitRemembered(String vip, long connections) {
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        long listed;
        do {
            listed = remembered(vip).stream()
                    .filter(text -> text.contains("expires 9m"))
                    .count();
        } while (listed != connections && System.nanoTime() < deadline);
        assertThat(listed).isEqualTo(connections);
    }

    /** So that their TCP packets take the fast path again. */
    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void slots_of_which_nothing_is_remembered_are_freed_and_the_others_stay(String vip) throws IOException {
        settle(Set.of(1, 2));
        List<Socket> sockets = bed.connect(vip, 20);
        balancer.apply(Programs.example(CAPACITY, ALL));
        for (Socket socket : sockets) {
            Testbed.askFirstHalf(socket, 10);
        }
        nanos.addAndGet(Handovers.WINDOW.toNanos());
        balancer.apply(Programs.example(CAPACITY, ALL));
        long before = slotsThatRemember();
        for (boolean frees : List.of(false, true)) {
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            assertThat(balancer.due()).isTrue();
            assertThat(balancer.apply(Programs.example(CAPACITY, ALL)).changed())
                    .as("a slot is freed when nothing of it was found twice")
                    .isEqualTo(frees);
        }
        assertThat(slotsThatRemember()).isBetween(1L, 20L).isLessThan(before);
        for (Socket socket : sockets) {
            assertThat(Testbed.askSecondHalf(socket, 10)).isIn(1, 2);
        }
    }

    private long slotsThatRemember() {
        String name = Testbed.run(bed.gateway, "nft list maps").replaceAll("(?s).*?map (moved_[0-9_]+) .*", "$1");
        return Stream.of(Testbed.run(bed.gateway, "nft list map inet l34 " + name)
                        .split(","))
                .filter(element -> element.matches("(?s).*: 0x004[0-9a-f]{5}.*"))
                .count();
    }

    /** Has these targets, and nothing left of what they took over. */
    private void settle(Set<Integer> targets) {
        balancer.apply(Programs.example(CAPACITY, targets));
        nanos.addAndGet(Handovers.WINDOW.toNanos());
        balancer.apply(Programs.example(CAPACITY, targets));
    }

    private List<String> remembered(String vip) {
        return Testbed.run(bed.gateway, "nft list map inet l34 " + memory(vip))
                .lines()
                .flatMap(line -> Stream.of(line.split(",")))
                .filter(line -> line.contains("expires"))
                .toList();
    }

    /** The map of connections of the example's group. */
    private static String memory(String vip) {
        IpFamily family = IpAddress.parse(vip).family();
        return PoolNames.flows(
                new SlotPool("uid-a", family, CAPACITY, Dealing.RENDEZVOUS, new TreeMap<>(), new TreeSet<>()));
    }

    /** The kernel remembers no more than fits, and may refuse while it makes its hash table larger. */
    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void a_connection_that_is_not_remembered_stays_with_the_former_target(String vip) throws IOException {
        settle(Set.of(1, 2));
        balancer.apply(Programs.example(CAPACITY, ALL));
        fillMemory(vip);
        for (Socket socket : bed.connect(vip, 60)) {
            assertThat(Testbed.ask(socket, 10, 10)).isIn(1, 2);
        }
        Testbed.run(bed.gateway, "nft flush map inet l34 " + memory(vip));
        Set<Integer> taken = new HashSet<>();
        for (Socket socket : bed.connect(vip, 60)) {
            taken.add(Testbed.ask(socket, 10, 10));
        }
        assertThat(taken).isEqualTo(ALL);
    }

    private void fillMemory(String vip) throws IOException {
        StringBuilder commands = new StringBuilder("add element inet l34 " + memory(vip) + " {\n");
        String address = vip.contains(":") ? "fd99::1" : "10.99.0.1";
        for (int i = 0; i < Tables.MOST_FLOWS; i++) {
            commands.append("%s . %s . %d : 1,\n".formatted(address, address, i + 1));
        }
        Path file = Files.createTempFile("flows", ".nft");
        try {
            Files.writeString(file, commands.append("}\n"));
            Testbed.run(bed.gateway, "nft -f " + file);
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void a_remembered_connection_of_a_target_that_goes_is_reset(String vip) throws IOException {
        settle(Set.of(1, 2));
        List<Socket> sockets = bed.connect(vip, 40);
        balancer.apply(Programs.example(CAPACITY, ALL));
        for (Socket socket : sockets) {
            Testbed.askFirstHalf(socket, 10);
        }
        balancer.apply(Programs.example(CAPACITY, Set.of(2, 3, 4)));
        Set<Integer> answered = new HashSet<>();
        int reset = 0;
        for (Socket socket : sockets) {
            try {
                answered.add(Testbed.askSecondHalf(socket, 10));
            } catch (IOException gone) {
                reset++;
            }
        }
        assertThat(answered).isEqualTo(Set.of(2));
        assertThat(reset).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void a_target_that_drains_keeps_its_connections_and_gets_no_others(String vip) throws IOException {
        List<Socket> early = bed.connect(vip, 40);
        List<Socket> late = bed.connect(vip, 40);
        List<Sent> datagrams = send(vip, 40);
        balancer.apply(Programs.draining(CAPACITY, ALL, Set.of(2)));
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            taken.add(bed.tcp(vip, 10, 10));
        }
        assertThat(taken).as("new connections").isEqualTo(Set.of(1, 3, 4));
        for (Sent sent : datagrams) {
            Optional<Integer> now = Testbed.udp(sent.socket(), vip, 100, LATE_MILLIS);
            assertThat(now.orElseThrow() == 2).as("UDP moves at once").isFalse();
            assertThat(sent.target().orElseThrow() == 2 || now.equals(sent.target()))
                    .as("only what it had moves")
                    .isTrue();
        }
        assertThat(answers(early)).hasSize(40).contains(1, 2, 3, 4);

        // Longer than a handover of another kind, and silent all the time.
        nanos.addAndGet(Handovers.WINDOW.toNanos() * 10);
        assertThat(balancer.due()).isFalse();
        balancer.apply(Programs.draining(CAPACITY, ALL, Set.of(2)));
        for (Socket socket : late) {
            Testbed.askFirstHalf(socket, 10);
        }
        // Another process goes on with it.
        try (LoadBalancer other =
                bed.gateway.call(() -> LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, nanos::get))) {
            assertThat(other.apply(Programs.draining(CAPACITY, ALL, Set.of(2))).changed())
                    .isFalse();
        }
        assertThat(answers(late, socket -> Testbed.askSecondHalf(socket, 10)))
                .as("connections from before")
                .hasSize(40)
                .contains(1, 2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void connections_move_at_once_when_their_target_has_drained(String vip) throws IOException {
        List<Socket> spoken = bed.connect(vip, 40);
        List<Socket> silent = bed.connect(vip, 40);
        balancer.apply(Programs.draining(CAPACITY, ALL, Set.of(2)));
        for (Socket socket : spoken) {
            Testbed.askFirstHalf(socket, 10);
        }
        balancer.apply(Programs.example(CAPACITY, Set.of(1, 3, 4)));
        List<Integer> answered = answers(spoken, socket -> Testbed.askSecondHalf(socket, 10));
        answered.addAll(answers(silent, socket -> Testbed.ask(socket, 10, 10)));
        assertThat(answered).as("its own, a quarter, are reset").hasSizeBetween(40, 75);
        assertThat(Set.copyOf(answered)).isEqualTo(Set.of(1, 3, 4));
        for (int i = 0; i < 40; i++) {
            assertThat(bed.tcp(vip, 10, 10)).isNotEqualTo(2);
        }
    }

    /** Nobody is left to take what begins: Kubernetes goes on with those that end (KEP-1669). */
    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void new_flows_go_to_draining_targets_when_there_are_no_others(String vip) throws IOException {
        List<Socket> sockets = bed.connect(vip, 40);
        balancer.apply(Programs.draining(CAPACITY, Set.of(1, 2), Set.of(1)));
        balancer.apply(Programs.draining(CAPACITY, Set.of(1, 2), Set.of(1, 2)));
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            taken.add(bed.tcp(vip, 10, 10));
        }
        assertThat(taken).isEqualTo(Set.of(1, 2));
        balancer.apply(Programs.draining(CAPACITY, Set.of(1, 2, 3), Set.of(1, 2)));
        assertThat(Set.copyOf(answers(sockets)))
                .as("those of the others were reset")
                .isEqualTo(Set.of(1, 2));
        assertThat(bed.tcp(vip, 10, 10)).isEqualTo(3);
    }

    private interface Question {
        int ask(Socket socket) throws IOException;
    }

    /** Who answers; connections that are reset answer nothing. */
    private static List<Integer> answers(List<Socket> sockets, Question question) {
        List<Integer> answers = new ArrayList<>();
        for (Socket socket : sockets) {
            try {
                answers.add(question.ask(socket));
            } catch (IOException reset) {
                // Its target is gone.
            }
        }
        return answers;
    }

    private static List<Integer> answers(List<Socket> sockets) {
        return answers(sockets, socket -> Testbed.ask(socket, 10, 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void fragments_go_where_the_rest_of_the_flow_goes(String vip) {
        for (Sent sent : send(vip, 40)) {
            assertThat(Testbed.udp(sent.socket(), vip, 4_000, LATE_MILLIS)).isEqualTo(sent.target());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void a_vip_answers_ping(String vip) {
        assertThat(Testbed.run(bed.client, "ping -c 3 -i 0.2 -W 2 " + vip)).contains(" 0% packet loss");
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void answers_larger_than_the_external_mtu_arrive(String vip) throws IOException {
        Testbed.ip(bed.gateway, "link set ext mtu 1400");
        for (int i = 0; i < 8; i++) {
            bed.tcp(vip, 10, 100_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void answers_larger_than_a_link_behind_the_router_arrive(String vip) throws IOException {
        Testbed.ip(bed.router, "link set r1 mtu 1300");
        for (int i = 0; i < 8; i++) {
            bed.tcp(vip, 10, 100_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void requests_larger_than_the_internal_mtu_arrive(String vip) throws IOException {
        Testbed.ip(bed.gateway, "link set int mtu 1400");
        for (int i = 0; i < 8; i++) {
            bed.tcp(vip, 100_000, 10);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void without_targets_packets_are_dropped_and_the_vip_stays(String vip) {
        DatagramSocket socket = bed.udpSocket(vip);
        assertThat(Testbed.udp(socket, vip, 100, LATE_MILLIS)).isPresent();
        Applied applied = balancer.apply(Programs.example(CAPACITY, Set.of()));
        assertThat(applied.targets()).isEmpty();
        assertThat(applied.vips()).hasSize(2);
        assertThat(Testbed.udp(socket, vip, 100, SOON_MILLIS)).isEmpty();
        assertThat(balancer.inspect().targets())
                .hasSize(2)
                .allSatisfy((_, targets) -> assertThat(targets).isEmpty());
        balancer.apply(Programs.example(CAPACITY, ALL));
        assertThat(Testbed.udp(socket, vip, 100, LATE_MILLIS)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void answers_never_leave_by_another_network_when_bird_has_no_route(String vip) {
        String address = vip.contains(":") ? "ip6" : "ip";
        Testbed.run(bed.cluster, "nft add table inet t");
        Testbed.run(bed.cluster, "nft add chain inet t c { type filter hook prerouting priority 0 ; }");
        Testbed.run(bed.cluster, "nft add rule inet t c " + address + " saddr " + vip + " counter");
        Testbed.run(bed.cluster, "nft add rule inet t c " + address + " daddr " + vip + " counter");
        DatagramSocket socket = bed.udpSocket(vip);
        assertThat(Testbed.udp(socket, vip, 100, LATE_MILLIS)).isPresent();
        bed.forgetDefaultRoutes();
        for (int i = 0; i < 5; i++) {
            assertThat(Testbed.udp(socket, vip, 100, SOON_MILLIS)).isEmpty();
        }
        assertThat(Testbed.run(bed.cluster, "nft list table inet t")).doesNotContainPattern("packets [1-9]");
        bed.learnDefaultRoutes();
        assertThat(Testbed.udp(socket, vip, 100, LATE_MILLIS)).isPresent();
    }

    @Test
    void the_gateway_forwards_nothing_but_vips() {
        // The router sends everything to the gateway, which knows the targets' own addresses and the cluster's.
        for (String address : List.of("10.8.0.1", "10.7.0.1", "fd08::1", "fd07::1")) {
            String forwarded = Testbed.run(bed.router, "ip route get " + address);
            assertThat(forwarded).contains("dev r0");
        }
        Testbed.run(bed.cluster, "ip route add 30.0.0.0/24 via 10.7.0.254");
        Testbed.run(bed.targets.getFirst(), "ip route add 30.0.0.0/24 via 10.8.0.254");
        for (String address : List.of("10.8.0.1", "10.7.0.1")) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> Testbed.run(bed.client, "ping -c 2 -i 0.2 -W 1 " + address))
                    .withMessageContaining("100% packet loss");
        }
    }

    private record Sent(DatagramSocket socket, Optional<Integer> target) {}

    private List<Sent> send(String vip, int flows) {
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < flows; i++) {
            DatagramSocket socket = bed.udpSocket(vip);
            sent.add(new Sent(socket, Testbed.udp(socket, vip, 100, LATE_MILLIS)));
        }
        return sent;
    }

    private static int expected(String vip, Sent sent, Set<Integer> numbers) {
        BitSet active = new BitSet();
        numbers.forEach(number -> active.set(number - 1));
        SlotTable table = SlotDeal.of(Programs.SEED, "uid-a", CAPACITY).among(active);
        IpAddress client = IpAddress.parse(vip.contains(":") ? "fd30::1" : "30.0.0.1");
        int slot = FlowHash.of(Programs.SEED)
                .slot(client, IpAddress.parse(vip), sent.socket().getLocalPort(), Testbed.PORT, table.slots());
        return table.owner(slot) + 1;
    }
}
