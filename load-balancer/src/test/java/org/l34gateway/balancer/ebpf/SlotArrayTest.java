// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotArrayTest {
    @ParameterizedTest
    @CsvSource({
        "00010002, 00010002, 00010002",
        "00010002, 00010003, 0001FFFF",
        "00010002, 00040002, FFFF0002",
        "00010002, 00040003, FFFFFFFF",
        "00000000, 00010000, FFFF0000",
        "FFFF0002, 00010002, FFFF0002",
        "00010002, FFFF0002, FFFF0002",
        "80000001, 00000001, FFFF0001",
    })
    void each_slot_that_will_change_is_elsewhere_meanwhile(String held, String wanted, String meanwhile) {
        int forgotten = SlotArray.forgotten(Integer.parseUnsignedInt(held, 16), Integer.parseUnsignedInt(wanted, 16));
        assertThat(forgotten).isEqualTo(Integer.parseUnsignedInt(meanwhile, 16));
    }
}
