// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;

/**
 * An entry of the neighbour table (ARP, ND; rtnetlink(7), {@code RTM_NEWNEIGH}).
 *
 * @param ifindex interface index
 * @param address the neighbour
 * @param mac its link-layer address, null while unknown
 * @param state one of {@code STATE_…}
 * @param flags set of {@code NTF_…}
 */
public record Neighbour(
        int ifindex, IpAddress address, @Nullable MacAddress mac, int state, int flags) implements KernelObject {
    /** Nothing is known and nobody is asked. */
    public static final int STATE_NONE = 0;

    public static final int STATE_INCOMPLETE = 0x01;
    public static final int STATE_REACHABLE = 0x02;
    public static final int STATE_STALE = 0x04;
    public static final int STATE_DELAY = 0x08;
    /** Being asked now; writing this state starts a probe. */
    public static final int STATE_PROBE = 0x10;

    public static final int STATE_FAILED = 0x20;
    public static final int STATE_NOARP = 0x40;
    public static final int STATE_PERMANENT = 0x80;

    /** When written: resolve the address as if a packet were waiting for it. */
    public static final int FLAG_USE = 0x01;

    /** Whether packets can be sent to it now ({@code NUD_VALID} without the states that only hope). */
    public boolean isUsable() {
        return (state & (STATE_REACHABLE | STATE_STALE | STATE_DELAY | STATE_PROBE | STATE_NOARP | STATE_PERMANENT))
                != 0;
    }

    void write(MessageWriter out) {
        out.u8(address.family().addressFamily()).u8(0).u16(0).u32(ifindex);
        out.u16(state).u8(flags).u8(0);
        out.attribute(1, address.toBytes()); // NDA_DST
        if (mac != null) {
            out.attribute(2, mac.toBytes()); // NDA_LLADDR
        }
    }

    static @Nullable Neighbour read(MessageReader message) {
        @Nullable IpAddress address = null;
        @Nullable MacAddress mac = null;
        if (MessageReader.family(message.u8(0)) == null) {
            return null; // bridge forwarding entries come in the same message
        }
        for (Attribute a : message.attributesAfter(12)) {
            switch (a.type()) {
                case 1 -> address = a.ip();
                case 2 -> mac = a.length() == 6 ? MacAddress.of(a.bytes()) : null;
                default -> {}
            }
        }
        return address == null ? null : new Neighbour(message.u32(4), address, mac, message.u16(8), message.u8(10));
    }
}
