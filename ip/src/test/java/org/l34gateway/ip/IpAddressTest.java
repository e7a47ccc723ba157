// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    /** All addresses that a network of pods may give, or the same place in all its parts: two bytes differ. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void addresses_of_which_two_bytes_in_a_row_differ_have_hashes_of_their_own(int at) {
        assertThat(hashes(IpAddress.parse("10.0.0.1"), at, at + 1)).isEqualTo(1 << 16);
        for (int word = 0; word < 16; word += 4) {
            assertThat(hashes(IpAddress.parse("fd00::1"), word + at, word + at + 1))
                    .isEqualTo(1 << 16);
        }
    }

    /** As many as at random: less than one of 65,536 has another's. */
    @Test
    void addresses_of_many_networks_have_hashes_of_their_own() {
        for (int network = 0; network < 12; network++) {
            assertThat(hashes(IpAddress.parse("fd00::"), network, 15)).isGreaterThan((1 << 16) - 20);
        }
    }

    private static int hashes(IpAddress address, int one, int other) {
        byte[] bytes = address.toBytes();
        Set<Integer> hashes = new HashSet<>();
        for (int i = 0; i < 1 << 16; i++) {
            bytes[one] = (byte) (i >> 8);
            bytes[other] = (byte) i;
            hashes.add(IpAddress.of(bytes).hashCode());
        }
        return hashes.size();
    }

    @Test
    void equal_addresses_have_equal_hashes() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            byte[] bytes = new byte[dice.nextBoolean() ? 4 : 16];
            dice.nextBytes(bytes);
            IpAddress address = IpAddress.of(bytes);
            assertThat(IpAddress.parse(address.toString()))
                    .as("repeat with -Dseed=%d", seed)
                    .isEqualTo(address)
                    .hasSameHashCodeAs(address);
        }
    }
}
