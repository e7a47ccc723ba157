// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

/** One attribute of a received message. */
record Attribute(int type, MessageReader content) {
    int length() {
        return content.length();
    }

    int u8() {
        return content.u8(0);
    }

    int u32() {
        return content.u32(0);
    }

    byte[] bytes() {
        return content.copy(0, content.length());
    }

    /** A string up to its terminating zero. */
    String text() {
        byte[] raw = bytes();
        int end = 0;
        while (end < raw.length && raw[end] != 0) {
            end++;
        }
        return new String(raw, 0, end, StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException when it has neither 4 nor 16 bytes, which the kernel never sends */
    IpAddress ip() {
        return IpAddress.of(bytes());
    }

    /** struct rtvia: u16 family, then the address; null for families that are not IP. */
    @Nullable
    IpAddress via() {
        @Nullable IpFamily family = MessageReader.family(content.u16(0));
        return family == null ? null : IpAddress.of(content.copy(2, family.bytes()));
    }

    List<Attribute> nested() {
        return content.attributesAfter(0);
    }
}
