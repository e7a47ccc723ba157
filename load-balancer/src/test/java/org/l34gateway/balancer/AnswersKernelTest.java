// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.balancer.ebpf.OptionalStage;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.bpf.Assembler;
import org.l34gateway.linux.bpf.BpfProgram;
import org.l34gateway.linux.bpf.Register;
import org.l34gateway.linux.bpf.TcxLink;
import org.l34gateway.linux.testing.Capabilities;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Protocol;
import org.slf4j.LoggerFactory;

/** Which answers the eBPF stage takes, and which it leaves to nftables. */
@Tag("kernel")
@Timeout(60)
@ExtendWith(InScratchNetns.class)
class AnswersKernelTest {
    private static final int LATE_MILLIS = 5_000;
    private static final Set<Integer> ALL = Set.of(1, 2, 3, 4);
    private static final ForwardingProgram PROGRAM = Programs.example(16, ALL);
    /** BPF_MPROG_MAX: so many programs see the packets of an interface at most. */
    private static final int MOST_PROGRAMS = 64;

    private static final String OTHER_ROUTER = "02:00:00:00:00:02";

    private final Testbed bed = new Testbed();
    private final LoadBalancer balancer =
            bed.gateway.call(() -> LoadBalancer.open(Testbed.INTERFACES, FastPath.EBPF, System::nanoTime));
    /** Not from a target: a bridge passes nothing on that is shorter than it says. */
    private final RawLink inside = RawLink.open(bed.bridge, "g0");

    private final RawLink router = RawLink.open(bed.router, "r0");
    private final Link from = bed.targets.getFirst().link("net1");
    private final Link to = bed.gateway.link("int");
    private final String routerMac = String.valueOf(bed.router.link("r0").mac());
    private final String gatewayMac = String.valueOf(bed.gateway.link("ext").mac());

    /** Counts what comes to nftables from VIPs and from addresses beside them, other than ICMP: clients want no datagrams. */
    @BeforeEach
    void watch() {
        Testbed.run(bed.gateway, "nft add table netdev watch");
        Testbed.run(
                bed.gateway, "nft add chain netdev watch c { type filter hook ingress device int priority -500 ; }");
        for (String match :
                List.of("ip saddr 20.0.0.0/24 ip protocol != icmp", "ip6 saddr fd20::/64 ip6 nexthdr != icmpv6")) {
            Testbed.run(bed.gateway, "nft add rule netdev watch c " + match + " counter");
        }
        Testbed.ip(bed.gateway, "neigh add 10.9.0.2 lladdr " + OTHER_ROUTER + " dev ext nud permanent");
        Testbed.ip(bed.gateway, "neigh add fd09::2 lladdr " + OTHER_ROUTER + " dev ext nud permanent");
        knowRouter();
    }

    private void knowRouter() {
        Testbed.run(bed.gateway, "ping -c 1 -W 2 10.9.0.1");
        Testbed.run(bed.gateway, "ping -c 1 -W 2 fd09::1");
    }

    @AfterEach
    void close() {
        balancer.close();
        inside.close();
        router.close();
        bed.close();
    }

    private int leftToNftables() {
        return Testbed.run(bed.gateway, "nft list chain netdev watch c")
                .lines()
                .filter(line -> line.matches(".*counter packets [0-9]+ bytes [0-9]+.*"))
                .mapToInt(line -> Integer.parseInt(line.replaceAll(".*packets ([0-9]+) .*", "$1")))
                .sum();
    }

    private static String clientOf(String vip) {
        return vip.contains(":") ? "fd30::1" : "30.0.0.1";
    }

    /** Sends it as an answer; what the gateway sends to a router. */
    private byte[] sentOn(TestFrame frame, String client) {
        inside.send(frame.answer(from, to, client));
        return heard(frame);
    }

    /** Errors that come back quote the frame. */
    private byte[] heard(TestFrame frame) {
        byte[] heard;
        do {
            heard = router.receive(LATE_MILLIS).orElseThrow();
        } while (!frame.isIn(heard) || !TestFrame.sender(heard).equals(gatewayMac));
        return heard;
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void answers_are_sent_on(String vip) throws IOException {
        balancer.apply(PROGRAM);
        for (int i = 0; i < 20; i++) {
            assertThat(bed.tcp(vip, 10, 10)).isIn(ALL);
            assertThat(Testbed.udp(bed.udpSocket(vip), vip, 100, LATE_MILLIS)).isPresent();
        }
        bed.tcp(vip, 10, 3_000_000);
        assertThat(leftToNftables()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void two_rights_are_enough(String vip) {
        balancer.close();
        try (LoadBalancer _ = bed.gateway.call(() -> {
            Capabilities.keepOnly(Capabilities.CAP_NET_ADMIN, Capabilities.CAP_BPF);
            LoadBalancer less = LoadBalancer.open(Testbed.INTERFACES, FastPath.EBPF, System::nanoTime);
            less.apply(PROGRAM);
            return less;
        })) {
            sentOn(TestFrame.udp(vip, Testbed.PORT), clientOf(vip));
            assertThat(leftToNftables()).isZero();
        }
    }

    /** An answer, and how many of it are sent on by the stage. */
    record Odd(String name, TestFrame frame, String client, int sentOn) {
        static Odd of(String name, TestFrame frame, int sentOn) {
            return new Odd(frame.vip() + " " + name, frame, clientOf(frame.vip().toString()), sentOn);
        }

        static Odd to(String client, TestFrame frame) {
            return new Odd(frame.vip() + " to " + client, frame, client, 0);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Odd> oddAnswers() {
        return Stream.of("20.0.0.1", "fd20::1").flatMap(vip -> {
            TestFrame plain = TestFrame.udp(vip, Testbed.PORT);
            boolean ipv4 = !vip.contains(":");
            List<Odd> odd = new ArrayList<>(List.of(
                    Odd.of("as it should be", plain, 1),
                    Odd.of("to another port", TestFrame.udp(vip, Testbed.PORT + 1), 1),
                    Odd.of("SCTP", plain.protocol(132), 1),
                    Odd.of("two hops", plain.hops(2), 1),
                    Odd.of("as large as the next link", plain.payload(ipv4 ? 1_252 : 1_232), 1),
                    Odd.of("larger by one", plain.payload(ipv4 ? 1_253 : 1_233), 0),
                    Odd.of("one hop", plain.hops(1), 0),
                    Odd.of("no hop", plain.hops(0), 0),
                    Odd.of("shorter than it says", plain.missing(1), 0),
                    Odd.of("another protocol", plain.protocol(136), 0),
                    Odd.of("for somebody else", plain.forOther(), 0),
                    Odd.of("in a VLAN", plain.inVlan(), 0),
                    Odd.of("options", plain.withOptions(), 0),
                    Odd.of("from no VIP", TestFrame.udp(ipv4 ? "20.0.0.2" : "fd20::2", Testbed.PORT), 0)));
            if (ipv4) {
                odd.add(Odd.of("first fragment", plain.fragment(0x2000), 0));
                odd.add(Odd.of("later fragment", plain.fragment(0x0010), 0));
                odd.add(Odd.of("not to be cut", plain.fragment(0x4000), 1));
                Stream.of(
                                "10.9.0.254",
                                "10.8.0.254",
                                "10.8.0.255",
                                "224.0.0.5",
                                "255.255.255.255",
                                "127.0.0.1",
                                "0.0.0.0")
                        .forEach(destination -> odd.add(Odd.to(destination, plain)));
            } else {
                odd.add(Odd.of("fragment", plain.fragment(0x0001), 0));
                Stream.of("fd09::fe", "fd08::fe", "fd08::", "ff02::5", "fe80::5", "::1")
                        .forEach(destination -> odd.add(Odd.to(destination, plain)));
            }
            return odd.stream();
        });
    }

    @ParameterizedTest
    @MethodSource("oddAnswers")
    void what_it_does_not_know_goes_on_to_nftables(Odd odd) {
        Testbed.ip(bed.gateway, "link set ext mtu 1280");
        balancer.apply(PROGRAM);
        if (odd.sentOn() == 1) {
            byte[] sent = sentOn(odd.frame(), odd.client());
            assertThat(TestFrame.hops(sent)).isEqualTo(odd.frame().hops() - 1);
            assertThat(TestFrame.hasGoodChecksum(sent)).isTrue();
            assertThat(TestFrame.receiver(sent)).isEqualTo(routerMac);
        } else {
            inside.send(odd.frame().answer(from, to, odd.client()));
        }
        assertThat(leftToNftables()).isEqualTo(1 - odd.sentOn());
    }

    /** By addresses alone (policy 0), or by ports, too (1). */
    @ParameterizedTest
    @CsvSource({"20.0.0.1,0", "20.0.0.1,1", "fd20::1,0", "fd20::1,1"})
    void a_flow_has_the_next_hop_that_the_kernel_gives_it_without_the_stage(String vip, String policy) {
        bed.gateway.call(() -> {
            Sysctl.SYSTEM.write("net/ipv4/fib_multipath_hash_policy", policy);
            Sysctl.SYSTEM.write("net/ipv6/fib_multipath_hash_policy", policy);
            return null;
        });
        Testbed.ip(bed.gateway, "route replace default table 4096 nexthop via 10.9.0.1 nexthop via 10.9.0.2");
        Testbed.ip(bed.gateway, "route replace default table 4096 nexthop via fd09::1 nexthop via fd09::2");
        balancer.apply(PROGRAM);
        Map<Integer, String> nextHops = nextHops(vip);
        assertThat(Set.copyOf(nextHops.values())).isEqualTo(Set.of(routerMac, OTHER_ROUTER));
        assertThat(nextHops(vip)).isEqualTo(nextHops);
        assertThat(leftToNftables()).isZero();
        balancer.close();
        assertThat(nextHops(vip)).isEqualTo(nextHops);
        assertThat(leftToNftables()).isEqualTo(nextHops.size());
    }

    private Map<Integer, String> nextHops(String vip) {
        Map<Integer, String> nextHops = new HashMap<>();
        for (int i = 1; i <= 40; i++) {
            String client = vip.contains(":") ? "fd30::" + i : "30.0.0." + i;
            nextHops.put(i, TestFrame.receiver(sentOn(TestFrame.udp(vip, Testbed.PORT + i), client)));
        }
        return nextHops;
    }

    @ParameterizedTest
    @CsvSource({"20.0.0.1,10.9.0", "fd20::1,fd09:"})
    void a_route_that_changes_counts_at_once(String vip, String network) {
        String hop = network.contains(":") ? network + ":" : network + ".";
        TestFrame frame = TestFrame.udp(vip, Testbed.PORT);
        balancer.apply(PROGRAM);
        assertThat(TestFrame.receiver(sentOn(frame, clientOf(vip)))).isEqualTo(routerMac);
        Testbed.ip(bed.gateway, "route replace default via " + hop + "2 dev ext table 4096");

        assertThat(TestFrame.receiver(sentOn(frame, clientOf(vip)))).isEqualTo(OTHER_ROUTER);
        assertThat(leftToNftables()).isZero();

        Testbed.ip(bed.gateway, "route replace default via " + hop + "2 dev ext mtu lock 1300 table 4096");
        sentOn(frame.payload(1_252), clientOf(vip));
        assertThat(leftToNftables()).isZero();
        inside.send(frame.payload(1_253 + 20).answer(from, to, clientOf(vip)));
        assertThat(leftToNftables()).as("larger than the route's packets").isEqualTo(1);

        bed.forgetDefaultRoutes();
        inside.send(frame.answer(from, to, clientOf(vip)));
        assertThat(leftToNftables()).as("no route").isEqualTo(2);

        String hopInside = vip.contains(":") ? "fd07::1" : "10.7.0.1";
        Testbed.ip(bed.gateway, "route add default via " + hopInside + " dev eth0 table 4096");
        Testbed.run(bed.gateway, "ping -c 1 -W 2 " + hopInside);
        inside.send(frame.answer(from, to, clientOf(vip)));
        assertThat(leftToNftables()).as("a route by another network").isEqualTo(3);
    }

    @Test
    void ipv4_leaves_by_a_next_hop_of_ipv6() {
        balancer.apply(PROGRAM);
        Testbed.ip(bed.gateway, "-4 route replace default via inet6 fd09::2 dev ext table 4096");
        assertThat(TestFrame.receiver(sentOn(TestFrame.udp("20.0.0.1", Testbed.PORT), "30.0.0.1")))
                .isEqualTo(OTHER_ROUTER);
        assertThat(leftToNftables()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"20.0.0.1,10.9.0.1", "fd20::1,fd09::1"})
    void the_kernel_finds_a_neighbour_that_is_not_known(String vip, String hop) {
        TestFrame frame = TestFrame.udp(vip, Testbed.PORT);
        balancer.apply(PROGRAM);
        Testbed.ip(bed.gateway, "neigh del " + hop + " dev ext");
        assertThat(TestFrame.receiver(sentOn(frame, clientOf(vip)))).isEqualTo(routerMac);
        assertThat(leftToNftables()).isEqualTo(1);
        assertThat(TestFrame.receiver(sentOn(frame, clientOf(vip)))).isEqualTo(routerMac);
        assertThat(leftToNftables()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void a_vip_that_is_taken_away_sends_nothing_more(String vip) {
        TestFrame frame = TestFrame.udp(vip, Testbed.PORT);
        balancer.apply(PROGRAM);
        sentOn(frame, clientOf(vip));
        balancer.apply(ForwardingProgram.empty(Programs.SEED));
        inside.send(frame.hops(17).answer(from, to, clientOf(vip)));
        assertThat(leftToNftables()).isEqualTo(1);
        balancer.apply(PROGRAM);
        assertThat(TestFrame.hops(sentOn(frame, clientOf(vip)))).isEqualTo(63);
        assertThat(leftToNftables()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"20.0.0.1,20.0.0.0/24", "fd20::1,fd20::/64"})
    void a_vip_that_is_a_prefix_is_left_to_nftables(String vip, String prefix) {
        balancer.apply(new ForwardingProgram(
                Programs.SEED,
                List.of(Programs.group("uid-a", 16, ALL, prefix)),
                List.of(Programs.flow("ns/route", 1, Set.of(Protocol.UDP), "uid-a", prefix))));
        sentOn(TestFrame.udp(vip, Testbed.PORT), clientOf(vip));
        assertThat(leftToNftables()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"20.0.0.1,30.0.0.77", "fd20::1,fd30::77"})
    void an_address_that_becomes_the_pods_own_is_noticed(String vip, String address) {
        TestFrame frame = TestFrame.udp(vip, Testbed.PORT);
        balancer.apply(PROGRAM);
        assertThat(balancer.due()).isFalse();
        sentOn(frame, address);
        Testbed.ip(bed.gateway, "addr add " + address + " dev lo");
        awaitDue();
        balancer.apply(PROGRAM);
        inside.send(frame.answer(from, to, address));
        assertThat(leftToNftables()).isEqualTo(1);
        sentOn(frame, clientOf(vip));
        assertThat(leftToNftables()).isEqualTo(1);
    }

    /** An address of IPv6 becomes one a little later. */
    private void awaitDue() {
        long deadline = System.nanoTime() + Duration.ofMillis(LATE_MILLIS).toNanos();
        while (!balancer.due()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void without_an_external_interface_nobody_complains() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger().addAppender(log);
        try {
            Testbed.ip(bed.gateway, "link del ext");
            balancer.apply(PROGRAM);
            inside.send(TestFrame.udp("20.0.0.1", Testbed.PORT).answer(from, to, "30.0.0.1"));
            assertThat(leftToNftables()).isEqualTo(1);
            bed.connectRouter();
            knowRouter();
            balancer.apply(PROGRAM);
            inside.send(TestFrame.udp("20.0.0.1", Testbed.PORT).answer(from, to, "30.0.0.1"));
            assertThat(leftToNftables()).isEqualTo(1);
            assertThat(log.list).extracting(ILoggingEvent::getLevel).doesNotContain(Level.WARN);
        } finally {
            logger().detachAppender(log);
        }
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(OptionalStage.class);
    }

    @Test
    void when_only_the_program_for_answers_is_refused_requests_do_not_notice() throws IOException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger().addAppender(log);
        List<TcxLink> others = new ArrayList<>();
        try {
            bed.gateway.call(() -> {
                assertThatThrownBy(() -> {
                            while (others.size() <= MOST_PROGRAMS) {
                                others.add(nothingAt("int"));
                            }
                        })
                        .isInstanceOf(KernelRefused.class);
                return null;
            });
            balancer.apply(PROGRAM);
            balancer.apply(PROGRAM);
            assertThat(bed.tcp("20.0.0.1", 10, 10)).isIn(ALL);
            assertThat(leftToNftables()).isPositive();
            assertThat(balancer.sentByStage().flows().values())
                    .allSatisfy(count -> assertThat(count.packets()).isPositive());
            assertThat(log.list)
                    .filteredOn(event -> event.getLevel() == Level.WARN)
                    .singleElement()
                    .asString()
                    .contains("no eBPF stage for answers, nftables has them", "l34_answers at interface");
            others.removeFirst().close();
            balancer.apply(PROGRAM);
            int before = leftToNftables();
            assertThat(bed.tcp("20.0.0.1", 10, 10)).isIn(ALL);
            assertThat(leftToNftables()).isEqualTo(before);
        } finally {
            others.forEach(TcxLink::close);
            logger().detachAppender(log);
        }
    }

    /** The same program is not taken twice. */
    private static TcxLink nothingAt(String name) {
        Assembler nothing = new Assembler().move(Register.R0, TcxLink.TCX_NEXT).exit();
        try (NetlinkSocket socket = NetlinkSocket.open();
                BpfProgram program = BpfProgram.load("nothing", nothing)) {
            return TcxLink.attach(
                    program,
                    Objects.requireNonNull(new Rtnetlink(socket).link(name)).index());
        }
    }
}
