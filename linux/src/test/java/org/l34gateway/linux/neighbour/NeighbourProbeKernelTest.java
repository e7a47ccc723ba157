// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.neighbour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.linux.neighbour.Wire.LINK_LOCAL;
import static org.l34gateway.linux.neighbour.Wire.V4;
import static org.l34gateway.linux.neighbour.Wire.V6;
import static org.l34gateway.linux.neighbour.Wire.gatewayAddress;
import static org.l34gateway.linux.neighbour.Wire.inside;
import static org.l34gateway.linux.neighbour.Wire.link;
import static org.l34gateway.linux.neighbour.Wire.wire;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.LinkChange;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.MacAddress;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Rtnetlink;

/** A pod (the test's namespace) with a wire to a gateway (another one); the gateway dies in several ways. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NeighbourProbeKernelTest {
    /** Death is seen by the third look after the first one that got no answer; the rest is for a busy machine. */
    private static final long DEATH_MILLIS_AT_LEAST = 550;

    private static final long DEATH_MILLIS_AT_MOST = 1_500;

    private final Map<IpAddress, Integer> watched = new TreeMap<>();
    private long nextLook = System.nanoTime();

    @ParameterizedTest
    @ValueSource(strings = {V4, V6, LINK_LOCAL})
    void one_that_falls_silent_is_dead_within_a_second_and_alive_when_it_answers(String text, ScratchNetns gateway) {
        IpAddress address = IpAddress.parse(text);
        try (NetlinkSocket socket = wire(gateway)) {
            NeighbourProbe probe = watching(socket, text);
            assertThat(millisUntil(probe, dead -> reachable(socket, address))).isLessThan(5_000);
            for (int i = 0; i < 5; i++) {
                assertThat(next(probe)).isEmpty();
            }
            inside(gateway, kernel -> kernel.delete(gatewayAddress(kernel, text)));
            assertThat(millisUntil(probe, dead -> dead.contains(address)))
                    .isBetween(DEATH_MILLIS_AT_LEAST, DEATH_MILLIS_AT_MOST);
            for (int i = 0; i < 5; i++) {
                assertThat(next(probe)).containsExactly(address);
            }
            inside(gateway, kernel -> kernel.add(gatewayAddress(kernel, text)));
            assertThat(millisUntil(probe, Set::isEmpty)).isLessThan(DEATH_MILLIS_AT_MOST);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void a_wire_that_is_cut_and_mended(String text, ScratchNetns gateway) {
        IpAddress address = IpAddress.parse(text);
        try (NetlinkSocket socket = wire(gateway)) {
            NeighbourProbe probe = watching(socket, text);
            millisUntil(probe, dead -> reachable(socket, address));
            assertThat(next(probe)).as("knows that it has answered").isEmpty();
            inside(gateway, kernel -> {
                kernel.setUp(link(kernel, "net1"), false);
                return 0;
            });
            assertThat(millisUntil(probe, dead -> dead.contains(address)))
                    .isBetween(DEATH_MILLIS_AT_LEAST, DEATH_MILLIS_AT_MOST);
            inside(gateway, kernel -> {
                kernel.setUp(link(kernel, "net1"), true);
                // A global IPv6 address goes with the link's state.
                return kernel.replace(gatewayAddress(kernel, text));
            });
            assertThat(millisUntil(probe, Set::isEmpty)).isLessThan(3_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void another_pod_under_the_same_address_is_found_by_its_new_mac_address(String text, ScratchNetns gateway) {
        IpAddress address = IpAddress.parse(text);
        MacAddress successor = MacAddress.parse("02:00:00:00:00:77");
        try (NetlinkSocket socket = wire(gateway)) {
            NeighbourProbe probe = watching(socket, text);
            millisUntil(probe, dead -> reachable(socket, address));
            assertThat(next(probe)).as("knows that it has answered").isEmpty();
            inside(gateway, kernel -> {
                LinkChange.setMac(link(kernel, "net1"), successor);
                return 0;
            });
            assertThat(millisUntil(probe, dead -> dead.contains(address)))
                    .isBetween(DEATH_MILLIS_AT_LEAST, DEATH_MILLIS_AT_MOST);
            assertThat(millisUntil(probe, Set::isEmpty)).isLessThan(DEATH_MILLIS_AT_MOST);
            assertThat(new Rtnetlink(socket).neighbours())
                    .filteredOn(entry -> entry.address().equals(address))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.mac()).isEqualTo(successor));
        }
    }

    @Test
    void the_death_of_one_is_not_that_of_another(ScratchNetns gateway) {
        try (NetlinkSocket socket = wire(gateway)) {
            NeighbourProbe probe = watching(socket, V4, V6, "10.1.0.9");
            assertThat(millisUntil(probe, dead -> dead.contains(IpAddress.parse("10.1.0.9"))))
                    .as("never there, and not dead at once")
                    .isBetween(DEATH_MILLIS_AT_LEAST, DEATH_MILLIS_AT_MOST);
            for (int i = 0; i < 5; i++) {
                assertThat(next(probe)).containsExactly(IpAddress.parse("10.1.0.9"));
            }
        }
    }

    @Test
    void neighbours_on_an_interface_that_is_deleted_die_and_stop_nobody(ScratchNetns gateway) {
        try (NetlinkSocket socket = wire(gateway)) {
            Rtnetlink kernel = new Rtnetlink(socket);
            NeighbourProbe probe = watching(socket, V4, V6);
            watched.put(IpAddress.parse("10.9.0.1"), lonely(kernel));
            millisUntil(probe, dead -> reachable(socket, IpAddress.parse(V4)));
            kernel.delete(Objects.requireNonNull(kernel.link("net1")));
            assertThat(millisUntil(probe, dead -> dead.size() == 3)).isLessThan(DEATH_MILLIS_AT_MOST);
        }
    }

    @Test
    void an_interface_that_is_switched_off_and_on(ScratchNetns gateway) {
        try (NetlinkSocket socket = wire(gateway)) {
            Rtnetlink kernel = new Rtnetlink(socket);
            NeighbourProbe probe = watching(socket, V4);
            millisUntil(probe, dead -> reachable(socket, IpAddress.parse(V4)));
            kernel.setUp(link(kernel, "net1"), false);
            assertThat(millisUntil(probe, dead -> !dead.isEmpty())).isLessThan(DEATH_MILLIS_AT_MOST);
            kernel.setUp(link(kernel, "net1"), true);
            assertThat(millisUntil(probe, Set::isEmpty)).isLessThan(3_000);
        }
    }

    @Test
    void nobody_is_dead_while_the_interface_can_not_ask_because_its_own_address_is_being_checked(ScratchNetns gateway) {
        try (NetlinkSocket socket = wire(gateway)) {
            Rtnetlink kernel = new Rtnetlink(socket);
            int net1 = link(kernel, "net1");
            kernel.setUp(net1, false);
            kernel.setUp(net1, true);
            kernel.add(new Address(net1, IpAddress.parse("fd00::50"), 64, 0, Address.FLAG_NODAD, 0));
            NeighbourProbe probe = watching(socket, V4, V6);
            assertThat(kernel.addresses())
                    .as("the kernel's own link-local address, before anybody looks")
                    .anyMatch(each -> each.ifindex() == net1 && (each.flags() & Address.FLAG_TENTATIVE) != 0);
            millisUntil(probe, dead -> {
                assertThat(dead).isEmpty();
                return reachable(socket, IpAddress.parse(V6));
            });
            inside(gateway, there -> there.delete(gatewayAddress(there, V6)));
            assertThat(millisUntil(probe, dead -> dead.contains(IpAddress.parse(V6))))
                    .as("from then on it is asked")
                    .isLessThan(DEATH_MILLIS_AT_MOST);
        }
    }

    @Test
    void the_kernel_asks_again_after_200_ms_where_somebody_is_watched(ScratchNetns gateway) {
        try (NetlinkSocket socket = wire(gateway)) {
            next(watching(socket, V4, V6));
            assertThat(Sysctl.SYSTEM.read("net/ipv4/neigh/net1/retrans_time_ms"))
                    .isEqualTo("200");
            assertThat(Sysctl.SYSTEM.read("net/ipv6/neigh/net1/retrans_time_ms"))
                    .isEqualTo("200");
            assertThat(Sysctl.SYSTEM.read("net/ipv4/neigh/lo/retrans_time_ms")).isEqualTo("1000");
        }
    }

    @AfterEach
    void forget() {
        watched.clear();
    }

    private NeighbourProbe watching(NetlinkSocket socket, String... addresses) {
        Rtnetlink kernel = new Rtnetlink(socket);
        for (String address : addresses) {
            watched.put(IpAddress.parse(address), link(kernel, "net1"));
        }
        return new NeighbourProbe(kernel);
    }

    /** The next look, at its time. */
    private Set<IpAddress> next(NeighbourProbe probe) {
        long wait = nextLook - System.nanoTime();
        while (wait > 0) {
            LockSupport.parkNanos(wait);
            wait = nextLook - System.nanoTime();
        }
        nextLook = System.nanoTime() + NeighbourProbe.INTERVAL.toNanos();
        return probe.look(watched, System::nanoTime).dead();
    }

    /** Looks until the dead are as expected. */
    private long millisUntil(NeighbourProbe probe, Predicate<Set<IpAddress>> expected) {
        long began = System.nanoTime();
        Set<IpAddress> dead = next(probe);
        while (!expected.test(dead)) {
            assertThat(System.nanoTime() - began)
                    .as("time with %s dead", dead)
                    .isLessThan(TimeUnit.SECONDS.toNanos(10));
            dead = next(probe);
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    private static boolean reachable(NetlinkSocket socket, IpAddress address) {
        return new Rtnetlink(socket)
                .neighbours().stream()
                        .anyMatch(entry -> entry.address().equals(address)
                                && (entry.state() & (Neighbour.STATE_REACHABLE | Neighbour.STATE_PROBE)) != 0);
    }

    private static int lonely(Rtnetlink kernel) {
        kernel.addVeth("net2", "net2-far");
        return link(kernel, "net2");
    }
}
