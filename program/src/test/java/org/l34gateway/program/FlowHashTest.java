// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;

/** That the kernel agrees is tested in a kernel, by {@code load-balancer}. */
class FlowHashTest {
    @Test
    void an_empty_key_hashes_to_the_initial_value() {
        assertThat(FlowHash.jhash(ByteBuffer.allocate(0), 1)).isEqualTo(0xDEADBEEF + 1);
    }

    @Test
    void slots_are_inside_the_table_and_all_are_hit() {
        FlowHash hash = FlowHash.of(99);
        Random dice = new Random(1);
        IpAddress vip = IpAddress.parse("20.0.0.1");
        boolean[] hit = new boolean[1_021];
        for (int i = 0; i < 20_000; i++) {
            byte[] client = new byte[4];
            dice.nextBytes(client);
            hit[hash.slot(IpAddress.of(client), vip, dice.nextInt(65_536), 4000, hit.length)] = true;
        }
        assertThat(hit).doesNotContain(false);
    }

    @Test
    void another_seed_gives_another_hash() {
        IpAddress vip = IpAddress.parse("2001:db8::1");
        IpAddress client = IpAddress.parse("2001:db8::2");
        assertThat(new FlowHash(1).slot(client, vip, 1, 2, 65_537))
                .isNotEqualTo(new FlowHash(2).slot(client, vip, 1, 2, 65_537));
        assertThat(new FlowHash(1).slot(client, vip, 65_537)).isNotEqualTo(new FlowHash(2).slot(client, vip, 65_537));
        assertThat(new FlowHash(1).slot(1, 2, 65_537)).isNotEqualTo(new FlowHash(2).slot(1, 2, 65_537));
    }
}
