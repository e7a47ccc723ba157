// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;

class OctetsTest {
    private static final int MANY = 1 << 16;

    @Test
    void marks_have_hashes_of_their_own() {
        assertThat(hashes(IntStream.range(0, MANY).mapToObj(Octets::host))).isEqualTo(MANY);
    }

    @Test
    void addresses_of_a_network_have_hashes_of_their_own() {
        assertThat(hashes(IntStream.range(0, MANY)
                        .mapToObj(i -> Octets.of(IpAddress.of(new byte[] {10, 0, (byte) (i >> 8), (byte) i})))))
                .isEqualTo(MANY);
    }

    @Test
    void equal_bytes_have_equal_hashes() {
        assertThat(Octets.network(4_000, 2)).hasSameHashCodeAs(Octets.of(new byte[] {15, (byte) 160}));
    }

    private static long hashes(Stream<Octets> all) {
        return all.mapToInt(Octets::hashCode).distinct().count();
    }
}
