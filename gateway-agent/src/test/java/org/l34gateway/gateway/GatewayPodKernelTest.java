// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.addresses;
import static org.l34gateway.gateway.plan.Fixtures.inputs;
import static org.l34gateway.gateway.plan.Fixtures.vips;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.Names;
import org.l34gateway.balancer.KernelCounters;
import org.l34gateway.bird.BirdConfiguration;
import org.l34gateway.gateway.plan.Continuity;
import org.l34gateway.gateway.plan.Fixtures;
import org.l34gateway.gateway.plan.Inputs;
import org.l34gateway.gateway.plan.Wanted;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.KernelWatch;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.nftables.TableName;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Notification;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.Rtnetlink;

/** The agent's hands on a real kernel: a namespace that looks like a gateway pod, with a BIRD that is played. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class GatewayPodKernelTest {
    private static final List<String> BOTH = List.of("20.0.0.1/32", "2000::1/128");

    private final FakePod bird = new FakePod();

    private static GatewayCycle cycle(KernelForwarder forwarder, FakePod bird, Rtnetlink kernel) {
        return new GatewayCycle(
                SELF, forwarder, bird, new KernelInterfaces(kernel), bird, System::nanoTime, new SimpleMeterRegistry());
    }

    /** An interface that is up, with an address; its other end stays in this namespace too. */
    static void interfaceWith(Rtnetlink kernel, String name, String... addresses) {
        kernel.addVeth(name, name + "p");
        for (String end : List.of(name, name + "p")) {
            Link link = kernel.link(end);
            assertThat(link).isNotNull();
            kernel.setUp(link.index(), true);
        }
        Link link = kernel.link(name);
        assertThat(link).isNotNull();
        for (String address : addresses) {
            IpAddress ip = IpAddress.parse(address);
            int length = ip.family().bits() == 32 ? 24 : 64;
            kernel.add(new Address(link.index(), ip, length, Address.SCOPE_UNIVERSE, Address.FLAG_NODAD, 0));
        }
        Sysctl.SYSTEM.write("net/ipv4/conf/" + name + "/rp_filter", "0");
    }

    /** What the controller's selection element has the CNI plugin set in a gateway pod. */
    static void parametersOfAGatewayPod() {
        Map.of(
                        "net/ipv4/ip_forward", "1",
                        "net/ipv4/conf/all/rp_filter", "0",
                        "net/ipv4/conf/all/src_valid_mark", "0",
                        "net/ipv4/icmp_errors_use_inbound_ifaddr", "1",
                        "net/ipv4/fwmark_reflect", "0",
                        "net/ipv6/conf/all/forwarding", "1",
                        "net/ipv6/fwmark_reflect", "0")
                .forEach(Sysctl.SYSTEM::write);
    }

    @Test
    void a_pod_waits_for_its_interfaces_programs_the_kernel_and_tells_its_next_hop() {
        try (NetlinkSocket socket = NetlinkSocket.open();
                KernelForwarder forwarder = new KernelForwarder(System::nanoTime)) {
            var kernel = new Rtnetlink(socket);
            GatewayCycle cycle = cycle(forwarder, bird, kernel);
            GatewayReportSpec early =
                    cycle.run(inputs(Map.of("a", BOTH)), List.of(), false).report();
            assertThat(early.programmed()).isFalse();
            assertThat(early.problems()).isNotEmpty();
            assertThat(bird.announced).isEmpty();

            parametersOfAGatewayPod();
            interfaceWith(kernel, "net1", "169.254.100.9");
            interfaceWith(kernel, "net2", "169.111.100.9", "fd00::9");
            bird.watchesTheOrder = false; // the kernel is a real one
            GatewayReportSpec report =
                    cycle.run(inputs(Map.of("a", BOTH)), List.of(), false).report();
            assertThat(report.problems()).isEmpty();
            assertThat(report.programmed()).isTrue();
            assertThat(report.addresses()).containsExactly("169.111.100.9", "fd00::9");
            assertThat(report.targets()).containsExactly(new GatewayReportSpec.TargetVips("uid-a", BOTH));
            assertThat(bird.announced).isEqualTo(vips("20.0.0.1", "2000::1"));
        }
    }

    @Test
    void a_process_that_was_killed_finds_what_the_kernel_forwards() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            parametersOfAGatewayPod();
            interfaceWith(kernel, "net1", "169.254.100.9");
            interfaceWith(kernel, "net2", "169.111.100.9", "fd00::9");
            Wanted wanted = Wanted.of(SELF, inputs(Map.of("a", BOTH)));
            Set<String> present = new KernelInterfaces(kernel).present().keySet();
            try (KernelForwarder killed = new KernelForwarder(System::nanoTime)) {
                assertThat(killed.servedVips(wanted, present)).isEmpty();
                assertThat(killed.apply(wanted, present).programmed()).isTrue();
            }
            try (KernelForwarder young = new KernelForwarder(System::nanoTime)) {
                assertThat(young.servedVips(Wanted.of(SELF, inputs(Map.of())), present))
                        .as("also when its targets are not wanted any more")
                        .isEqualTo(vips("20.0.0.1", "2000::1"));
                assertThat(young.apply(Wanted.of(SELF, inputs(Map.of())), present)
                                .targets())
                        .isEmpty();
            }
        }
    }

    @Test
    void counters_of_what_the_kernel_took_are_scraped() {
        try (NetlinkSocket socket = NetlinkSocket.open();
                KernelForwarder forwarder = new KernelForwarder(System::nanoTime);
                KernelCounters counters = KernelCounters.open(KernelForwarder.families())) {
            var kernel = new Rtnetlink(socket);
            parametersOfAGatewayPod();
            interfaceWith(kernel, "net1", "169.254.100.9");
            interfaceWith(kernel, "net2", "169.111.100.9", "fd00::9");
            var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            var traffic = new TrafficMetrics(
                    SELF, forwarder::taken, program -> counters.read(program, Continuity::route), System::nanoTime);
            registry.getPrometheusRegistry().register(traffic);
            traffic.reconcile();
            assertThat(registry.scrape()).doesNotContain("route_packets").contains("dropped_packets");
            forwarder.apply(
                    Wanted.of(SELF, inputs(Map.of("a", BOTH))),
                    new KernelInterfaces(kernel).present().keySet());
            traffic.reconcile();
            assertThat(registry.scrape().lines().filter(line -> line.endsWith("} 0.0")))
                    .as("a route, a target with two addresses, three reasons; packets and bytes")
                    .hasSize(2 * (1 + 2 + 3));
        }
    }

    @Test
    void the_fast_path_is_switched_off_and_on_again_while_the_pod_runs() {
        try (NetlinkSocket socket = NetlinkSocket.open();
                Nftables nftables = Nftables.open();
                KernelForwarder forwarder = new KernelForwarder(System::nanoTime)) {
            var kernel = new Rtnetlink(socket);
            parametersOfAGatewayPod();
            interfaceWith(kernel, "net1", "169.254.100.9");
            interfaceWith(kernel, "net2", "169.111.100.9", "fd00::9");
            Set<String> present = new KernelInterfaces(kernel).present().keySet();
            var table = new TableName(TableName.Family.INET, "l34");
            Inputs inputs = inputs(Map.of("a", BOTH));
            for (String choice : List.of("off", "nftables", "off", "nonsense")) {
                Wanted wanted = Wanted.of(SELF, Fixtures.with(Names.FAST_PATH_ANNOTATION, choice, inputs));
                assertThat(forwarder.apply(wanted, present).programmed()).isTrue();
                assertThat(nftables.chains(table).containsKey("fast_net1"))
                        .as(choice)
                        .isEqualTo(!choice.equals("off"));
            }
        }
    }

    @Test
    void only_addresses_that_can_be_used_are_told() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            var kernel = new Rtnetlink(socket);
            interfaceWith(kernel, "net2", "169.111.100.9", "fd00::9");
            var interfaces = new KernelInterfaces(kernel);
            assertThat(interfaces.present()).containsEntry("net2", addresses("169.111.100.9", "fd00::9"));
            Link link = kernel.link("net2");
            assertThat(link).isNotNull();
            kernel.setUp(link.index(), false);
            assertThat(interfaces.present()).containsEntry("net2", addresses());
        }
    }

    @Test
    void news_of_the_kernel_make_the_agent_look_again() throws Exception {
        var news = new Semaphore(0);
        try (NetlinkSocket socket = NetlinkSocket.open();
                KernelNews listening = KernelNews.start(news::release, failure -> {
                    throw new AssertionError(failure);
                })) {
            var kernel = new Rtnetlink(socket);
            interfaceWith(kernel, "net2", "169.111.100.9");
            assertThat(news.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            assertThat(listening).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.100.150", "100:100::150"})
    void a_default_route_of_bird_that_goes_is_news(String router) throws Exception {
        IpAddress address = IpAddress.parse(router);
        IpPrefix all = IpPrefix.parse(address.family() == IpFamily.IPV4 ? "0.0.0.0/0" : "::/0");
        boolean gone = false;
        try (NetlinkSocket socket = NetlinkSocket.open();
                KernelWatch watch = KernelWatch.open(KernelNews.GROUPS)) {
            var kernel = new Rtnetlink(socket);
            interfaceWith(kernel, "net1", "169.254.100.9", "100:100::9");
            Link link = kernel.link("net1");
            assertThat(link).isNotNull();
            Route route = Route.unicast(
                    all, BirdConfiguration.KERNEL_TABLE, List.of(new NextHop(address, link.index(), 1, false)));
            kernel.add(route);
            kernel.delete(route);
            while (!gone) {
                List<Notification> news = watch.await(10_000);
                assertThat(news).as("news before the route's").isNotEmpty();
                for (Notification each : news) {
                    if (each instanceof Notification.Gone(var object) && object instanceof Route) {
                        assertThat(KernelNews.matters(each)).isTrue();
                        gone = true;
                    }
                }
            }
            watch.release();
        }
    }
}
