// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import org.jspecify.annotations.Nullable;

/**
 * A network interface (rtnetlink(7), {@code RTM_NEWLINK}).
 *
 * @param index interface index, 1 or more
 * @param name at most 15 bytes
 * @param mac null when the link has none or one that is not 48 bits long
 * @param mtuBytes largest packet, without link-layer header
 * @param up whether an administrator switched it on ({@code IFF_UP})
 * @param carrier whether the lower layer is there ({@code IFF_LOWER_UP})
 * @param kind driver's name such as {@code veth} or {@code macvlan}; empty for hardware and {@code lo}
 */
public record Link(
        int index, String name, @Nullable MacAddress mac, int mtuBytes, boolean up, boolean carrier, String kind)
        implements KernelObject {
    static Link read(MessageReader message) {
        int flags = message.u32(8);
        @Nullable MacAddress mac = null;
        String name = "";
        String kind = "";
        int mtu = 0;
        for (Attribute a : message.attributesAfter(16)) {
            switch (a.type()) {
                case 1 -> mac = a.length() == 6 ? MacAddress.of(a.bytes()) : null; // IFLA_ADDRESS
                case 3 -> name = a.text(); // IFLA_IFNAME
                case 4 -> mtu = a.u32(); // IFLA_MTU
                case 18 -> kind = kindOf(a); // IFLA_LINKINFO
                default -> {}
            }
        }
        return new Link(message.u32(4), name, mac, mtu, (flags & 1) != 0, (flags & 0x10000) != 0, kind);
    }

    private static String kindOf(Attribute linkInfo) {
        for (Attribute a : linkInfo.nested()) {
            if (a.type() == 1) { // IFLA_INFO_KIND
                return a.text();
            }
        }
        return "";
    }
}
