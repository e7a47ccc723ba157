// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Held;

class ReadingTest {
    private static final AttachmentKey KEY = AttachmentKey.of(new Report.ObjectRef("ns", "blue", "uid-of-the-gateway"));

    private static Reading reading(Set<Integer> tentative) {
        SortedSet<IpAddress> hops = new TreeSet<>(
                List.of(IpAddress.parse("10.1.0.1"), IpAddress.parse("fd01::1"), IpAddress.parse("fd02::1")));
        Held held = new Held("blue", new TreeSet<>(), new TreeSet<>(), hops, new TreeSet<>(), 5000);
        return new Reading(
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeMap<>(Map.of(
                        IpPrefix.parse("10.1.0.0/16"),
                        3,
                        IpPrefix.parse("fd01::/64"),
                        3,
                        IpPrefix.parse("fd02::/64"),
                        4)),
                tentative,
                Map.of(KEY, held));
    }

    private static List<String> hops(Reading reading) {
        return reading.usable().getOrDefault(KEY, Held.NOTHING).nextHops().stream()
                .map(IpAddress::toString)
                .toList();
    }

    @Test
    void an_ipv6_next_hop_is_of_no_use_while_addresses_of_its_interface_are_tentative() {
        assertThat(hops(reading(Set.of(3)))).containsExactly("10.1.0.1", "fd02::1");
        assertThat(reading(Set.of(3)).settles()).isTrue();
    }

    @Test
    void other_interfaces_do_not_matter() {
        assertThat(hops(reading(Set.of(7)))).containsExactly("10.1.0.1", "fd01::1", "fd02::1");
        assertThat(reading(Set.of(7)).settles()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, true",
        "10.1.2.0/24, true",
        "10.1.2.3/32, false",
        "10.2.0.0/16, false",
        "fd01::/32, true",
        "fd02::/72, true",
        "fd02::1/128, false",
        "fd03::/64, false",
    })
    void a_prefix_overlaps_with_networks_of_the_pod_and_a_single_address_never_does(String vip, boolean overlaps) {
        assertThat(reading(Set.of()).overlaps(IpPrefix.parse(vip))).isEqualTo(overlaps);
    }

    @Test
    void a_prefix_overlaps_with_the_pods_own_address_on_no_link() {
        Reading reading = new Reading(
                new TreeSet<>(),
                new TreeSet<>(Set.of(IpPrefix.parse("10.0.0.7"))),
                new TreeMap<>(),
                Set.of(),
                Map.of());
        assertThat(reading.overlaps(IpPrefix.parse("10.0.0.0/28"))).isTrue();
        assertThat(reading.overlaps(IpPrefix.parse("10.0.0.16/28"))).isFalse();
    }
}
