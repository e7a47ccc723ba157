// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteMatchTest {
    @ParameterizedTest
    @CsvSource({
        "0, 1, 0xff, 0x12, true",
        "0, 1, 0xff, 0x34, false",
        "1, 2, 0xffff, 0x34ff, true",
        "1, 2, 0xf00, 0x400, true",
        "2, 4, 0xffffffff, 0xff809a00, true",
        "2, 4, 0x80000000, 0x80000000, true",
        "4, 4, 0xff, 0, false",
        "5, 1, 0xff, 0, true",
        "6, 1, 0xff, 0, false",
    })
    void the_bytes_of_a_header_are_a_number_in_network_byte_order(
            int offset, int length, String mask, String value, boolean matches) {
        TransportHeader header = TransportHeader.of(HexFormat.of().parseHex("1234ff809a00"));
        ByteMatch match = new ByteMatch(Protocol.TCP, offset, length, Long.decode(mask), Long.decode(value));
        assertThat(match.matches(header)).isEqualTo(matches);
    }

    @Test
    void matches_contradict_each_other_exactly_when_no_header_has_both() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            ByteMatch a = any(dice);
            ByteMatch b = any(dice);
            // The one header that has a's bits, and b's wherever a leaves a bit open.
            byte[] bytes = new byte[Protocol.UDP.headerBytes()];
            put(bytes, b);
            put(bytes, a);
            assertThat(a.contradicts(b))
                    .as("%s and %s, repeat with -Dseed=%d", a, b, seed)
                    .isEqualTo(b.contradicts(a))
                    .isEqualTo(!b.matches(TransportHeader.of(bytes)));
        }
    }

    private static ByteMatch any(Random dice) {
        int length = 1 << dice.nextInt(3);
        long mask = dice.nextLong(1, ByteMatch.all(length) + 1) & dice.nextLong();
        long some = mask == 0 ? 1 : mask;
        int offset = dice.nextInt(Protocol.UDP.headerBytes() - length + 1);
        return new ByteMatch(Protocol.UDP, offset, length, some, dice.nextLong() & some);
    }

    private static void put(byte[] bytes, ByteMatch match) {
        for (int i = 0; i < match.length(); i++) {
            int shift = 8 * (match.length() - 1 - i);
            int mask = (int) (match.mask() >>> shift) & 0xFF;
            int at = match.offset() + i;
            bytes[at] = (byte) ((bytes[at] & ~mask) | ((match.value() >>> shift) & mask));
        }
    }
}
