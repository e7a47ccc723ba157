// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Change;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.FirewallMark;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.MacAddress;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Notification;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;
import org.l34gateway.netlink.RuleAction;

/** The codec against the kernel: what is written is read back as the same record. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class RtnetlinkKernelTest {
    private static final int LO = 1;

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void an_address_comes_and_goes_once(IpFamily family) {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            Address vip = Address.host(LO, vip(family));

            assertThat(kernel.add(vip)).isEqualTo(Change.DONE);
            assertThat(kernel.add(vip)).isEqualTo(Change.ALREADY_THERE);
            assertThat(kernel.replace(vip)).isEqualTo(Change.DONE);
            assertThat(kernel.addresses()).anySatisfy(found -> {
                assertThat(found.address()).isEqualTo(vip.address());
                assertThat(found.prefix().isHost()).isTrue();
                assertThat(found.protocol()).isEqualTo(vip.protocol());
                assertThat(found.flags() & Address.FLAG_TENTATIVE).isZero();
            });
            assertThat(kernel.delete(vip)).isEqualTo(Change.DONE);
            assertThat(kernel.delete(vip)).isEqualTo(Change.NOT_THERE);
            assertThat(kernel.addresses()).extracting(Address::address).doesNotContain(vip.address());
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void a_multipath_route_keeps_its_next_hops_and_weights(IpFamily family) {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            int veth = connected(kernel);
            List<NextHop> hops = List.of(
                    new NextHop(router(family, 1), veth, 1, false), new NextHop(router(family, 2), veth, 3, false));
            Route route = Route.unicast(everything(family), 70_000, hops).withMetric(10);

            assertThat(kernel.routes(family, 70_000)).isEmpty();
            assertThat(kernel.add(route)).isEqualTo(Change.DONE);
            assertThat(kernel.routes(family, 70_000)).containsExactly(route);
            assertThat(kernel.routes(family)).contains(route);

            Route fewer = Route.unicast(everything(family), 70_000, hops.subList(1, 2))
                    .withMetric(10);
            assertThat(kernel.replace(fewer)).isEqualTo(Change.DONE);
            assertThat(kernel.routes(family, 70_000))
                    .singleElement()
                    .satisfies(found -> assertThat(found.nextHops())
                            .extracting(NextHop::gateway)
                            .containsExactly(router(family, 2)));
            assertThat(kernel.delete(fewer)).isEqualTo(Change.DONE);
            assertThat(kernel.delete(fewer)).isEqualTo(Change.NOT_THERE);
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void an_unreachable_default_stands_behind_a_real_one(IpFamily family) {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            Route unreachable = Route.unreachable(everything(family), 5000, 4_294_967);
            Route real = Route.unicast(
                            everything(family), 5000, List.of(NextHop.via(router(family, 1), connected(kernel))))
                    .withMetric(10);

            kernel.add(unreachable);
            kernel.add(real);

            assertThat(kernel.routes(family, 5000)).containsExactly(real, unreachable);
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void a_prefix_can_be_local_without_an_address(IpFamily family) {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            Route local = new Route(
                    family == IpFamily.IPV4 ? IpPrefix.parse("20.0.0.0/24") : IpPrefix.parse("2000::/64"),
                    Route.TABLE_LOCAL,
                    134,
                    RouteType.LOCAL,
                    family == IpFamily.IPV4 ? Address.SCOPE_HOST : 0,
                    List.of(NextHop.dev(LO)),
                    7,
                    null);

            assertThat(kernel.add(local)).isEqualTo(Change.DONE);
            assertThat(kernel.routes(family, Route.TABLE_LOCAL)).contains(local);
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void every_kind_of_rule_is_read_back(IpFamily family) {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            List<Rule> rules = List.of(
                    Rule.marked(family, 10, new FirewallMark(1 << 30, 1 << 30), new RuleAction.Lookup(4096)),
                    Rule.marked(family, 11, new FirewallMark(1 << 30, 1 << 30), new RuleAction.Blackhole()),
                    Rule.marked(family, 100, new FirewallMark(0, 0xFFFF), new RuleAction.Lookup(254)),
                    Rule.from(IpPrefix.host(vip(family)), 1000, 5000),
                    Rule.marked(family, 1001, FirewallMark.ANY, new RuleAction.Goto(2000)),
                    Rule.marked(family, 2000, FirewallMark.ANY, new RuleAction.Nop()),
                    Rule.marked(family, 2001, FirewallMark.ANY, new RuleAction.Unreachable()));

            for (Rule rule : rules) {
                assertThat(kernel.add(rule)).as("%s", rule).isEqualTo(Change.DONE);
                assertThat(kernel.add(rule)).as("%s", rule).isEqualTo(Change.ALREADY_THERE);
            }
            assertThat(kernel.rules(family)).containsAll(rules);
            for (Rule rule : rules) {
                assertThat(kernel.delete(rule)).as("%s", rule).isEqualTo(Change.DONE);
                assertThat(kernel.delete(rule)).as("%s", rule).isEqualTo(Change.NOT_THERE);
            }
            assertThat(kernel.rules(family))
                    .noneSatisfy(left -> assertThat(left.protocol()).isEqualTo(134));
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void a_neighbour_is_set_and_forgotten(IpFamily family) {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            var neighbour = new Neighbour(
                    connected(kernel),
                    router(family, 9),
                    MacAddress.parse("02:00:5e:00:53:01"),
                    Neighbour.STATE_PERMANENT,
                    0);

            kernel.replace(neighbour);
            assertThat(kernel.neighbours()).contains(neighbour);
            assertThat(kernel.delete(neighbour)).isEqualTo(Change.DONE);
            assertThat(kernel.neighbours()).extracting(Neighbour::address).doesNotContain(neighbour.address());
        }
    }

    @Test
    void a_refusal_says_what_was_asked_and_why() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            Route nowhere = Route.unicast(
                    everything(IpFamily.IPV4), 5000, List.of(NextHop.via(IpAddress.parse("192.0.2.1"), 0)));

            assertThatThrownBy(() -> kernel.add(nowhere))
                    .isInstanceOfSatisfying(KernelRefused.class, refused -> {
                        assertThat(refused.errno()).isEqualTo(Errno.ENETUNREACH);
                        assertThat(refused.request()).isEqualTo("RTM_NEWROUTE");
                    })
                    .hasMessageContaining("Nexthop has invalid gateway");
        }
    }

    @Test
    void a_thousand_addresses_arrive_in_several_datagrams() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            List<IpAddress> wanted = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                wanted.add(IpAddress.of(new byte[] {20, 0, (byte) (i >> 8), (byte) i}));
                kernel.add(Address.host(LO, wanted.get(i)));
            }
            assertThat(kernel.addresses()).extracting(Address::address).containsAll(wanted);
        }
    }

    @Test
    void a_socket_opened_in_a_namespace_stays_there(ScratchNetns other) {
        IpAddress vip = IpAddress.parse("20.0.0.1");
        try (Netns netns = Netns.open(other.path());
                NetlinkSocket there = NetlinkSocket.open(netns);
                NetlinkSocket here = NetlinkSocket.open()) {
            new Rtnetlink(there).add(Address.host(LO, vip));

            assertThat(new Rtnetlink(there).addresses())
                    .extracting(Address::address)
                    .contains(vip);
            assertThat(new Rtnetlink(here).addresses())
                    .extracting(Address::address)
                    .doesNotContain(vip);
        }
    }

    @Test
    void a_watch_tells_what_came_and_went() {
        int groups = Notification.GROUP_IPV4_ADDRESS
                | Notification.GROUP_IPV4_ROUTE
                | Notification.GROUP_IPV4_RULE
                | Notification.GROUP_LINK
                | Notification.GROUP_NEIGHBOUR;
        KernelWatch watch = KernelWatch.open(groups);
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            Rule rule = Rule.from(IpPrefix.parse("20.0.0.1/32"), 1000, 5000);
            int veth = connected(kernel);
            kernel.add(rule);
            kernel.delete(rule);

            List<Notification> heard = new ArrayList<>();
            while (!heard.contains(new Notification.Gone(rule))) {
                List<Notification> news = watch.await(5_000);
                assertThat(news).as("news within 5 s after %s", heard).isNotEmpty();
                heard.addAll(news);
            }
            assertThat(heard)
                    .contains(new Notification.Present(rule))
                    .anySatisfy(news -> assertThat(news)
                            .isInstanceOfSatisfying(
                                    Notification.Present.class,
                                    present -> assertThat(present.object())
                                            .isInstanceOfSatisfying(
                                                    Link.class,
                                                    link -> assertThat(link.index())
                                                            .isEqualTo(veth))));
        }
        watch.close();
        assertThat(watch.await(-1)).isEmpty();
        watch.release();
    }

    @Test
    void sysctls_are_those_of_the_namespace(ScratchNetns other) {
        other.call(() -> {
            Sysctl.SYSTEM.write("net/ipv4/fib_multipath_hash_policy", "1");
            return null;
        });

        assertThat(other.call(() -> Sysctl.SYSTEM.read("net/ipv4/fib_multipath_hash_policy")))
                .isEqualTo("1");
        assertThat(Sysctl.SYSTEM.read("net/ipv4/fib_multipath_hash_policy")).isEqualTo("0");
    }

    @Test
    void a_sysctl_of_several_digits_is_read_whole() {
        Sysctl.SYSTEM.write("net/ipv4/neigh/lo/retrans_time_ms", "340");
        assertThat(Sysctl.SYSTEM.read("net/ipv4/neigh/lo/retrans_time_ms")).isEqualTo("340");
    }

    private static int connected(Rtnetlink kernel) {
        kernel.addVeth("v0", "v1");
        Link v0 = Objects.requireNonNull(kernel.link("v0"));
        Link v1 = Objects.requireNonNull(kernel.link("v1"));
        kernel.setUp(v0.index(), true);
        kernel.setUp(v1.index(), true);
        kernel.add(new Address(v0.index(), IpAddress.parse("169.254.100.100"), 24, 0, 0, 0));
        kernel.add(new Address(v0.index(), IpAddress.parse("fd00::100"), 64, 0, Address.FLAG_NODAD, 0));
        return v0.index();
    }

    private static IpAddress vip(IpFamily family) {
        return IpAddress.parse(family == IpFamily.IPV4 ? "20.0.0.1" : "2000::1");
    }

    private static IpAddress router(IpFamily family, int number) {
        return IpAddress.parse((family == IpFamily.IPV4 ? "169.254.100." : "fd00::") + number);
    }

    private static IpPrefix everything(IpFamily family) {
        return IpPrefix.parse(family == IpFamily.IPV4 ? "0.0.0.0/0" : "::/0");
    }
}
