// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.nftables.Octets;

/** That the program finds what is written here is in {@code StageKernelTest} and {@code DifferentialKernelTest}. */
class ServiceEntryTest {
    private static final Octets VALUE =
            ServiceEntry.value(new Place("bank", 3, 1_021, 7, false, "ns/r"), IpFamily.IPV4, 64, 5);

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void words_are_as_packets_have_them(String vip) {
        IpAddress address = IpAddress.parse(vip);
        ServiceEntry entry = ServiceEntry.of(address.family());
        int[] words = entry.words(service(address, 0x1234), VALUE);
        assertThat(words[entry.portWord()]).isEqualTo(0x0006_3412);
        assertThat(words[0]).isEqualTo(Octets.of(address).hostNumber());
        assertThat(words[entry.offset(ServiceEntry.Value.FIRST) / 4]).isEqualTo(67);
        assertThat(words[entry.offset(ServiceEntry.Value.SLOTS) / 4]).isEqualTo(1_021);
        assertThat(words[entry.offset(ServiceEntry.Value.START) / 4]).isEqualTo(0xDEADBEEF + 12 + 7);
        assertThat(words[entry.offset(ServiceEntry.Value.COUNTER) / 4]).isEqualTo(5);
        assertThat(words.length).isLessThanOrEqualTo(entry.words());
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void a_vip_has_what_no_packet_has_in_place_of_protocol_and_port(String vip) {
        IpAddress address = IpAddress.parse(vip);
        ServiceEntry entry = ServiceEntry.of(address.family());
        int[] words = entry.words(ServiceEntry.key(address), ServiceEntry.NOTHING);
        assertThat(words[0]).isEqualTo(Octets.of(address).hostNumber());
        assertThat(words[entry.portWord()]).isEqualTo(ServiceEntry.VIP_WORD).isGreaterThan(0x00FF_FFFF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.%d.%d", "fd20::%d:%d"})
    void services_that_follow_each_other_spread_over_the_buckets(String vips) {
        int services = 4_000;
        int buckets = 8_192;
        int[] entries = new int[buckets];
        int crowded = 0;
        for (int i = 0; i < services; i++) {
            IpAddress vip = IpAddress.parse(vips.formatted(i / 8 / 250, i / 8 % 250));
            int bucket = ServiceEntry.of(vip.family()).bucket(service(vip, 80 + i % 8), buckets);
            crowded += ++entries[bucket] > ServiceTable.ENTRIES ? 1 : 0;
        }
        assertThat(crowded).isLessThanOrEqualTo(services / 500);
    }

    private static Octets service(IpAddress vip, int port) {
        return Octets.of(vip).then(Octets.network(6, 1)).then(Octets.network(port << Short.SIZE, Integer.BYTES));
    }
}
