// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/**
 * An address of an interface (rtnetlink(7), {@code RTM_NEWADDR}).
 *
 * @param ifindex interface index
 * @param address the local address, with its host bits
 * @param prefixLength bits of the on-link prefix, 0..32 or 0..128
 * @param scope {@link #SCOPE_UNIVERSE}, {@link #SCOPE_LINK} or {@link #SCOPE_HOST}
 * @param flags set of {@code FLAG_…}
 * @param protocol who added it, a {@link RouteProtocol}; 0 on kernels before 5.18, which do not keep it
 */
public record Address(int ifindex, IpAddress address, int prefixLength, int scope, int flags, int protocol)
        implements KernelObject {
    public static final int SCOPE_UNIVERSE = 0;
    public static final int SCOPE_LINK = 253;
    public static final int SCOPE_HOST = 254;

    /** IPv6: no duplicate address detection. */
    public static final int FLAG_NODAD = 0x02;
    /** IPv6: found to be a duplicate. */
    public static final int FLAG_DADFAILED = 0x08;
    /** IPv6: not chosen as a source for new connections. */
    public static final int FLAG_DEPRECATED = 0x20;
    /** IPv6: not usable yet. */
    public static final int FLAG_TENTATIVE = 0x40;
    /** Without lifetime. */
    public static final int FLAG_PERMANENT = 0x80;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_PROTO = 11;

    /** A host address (/32 or /128) for {@code ifindex}, without duplicate address detection, made by us. */
    public static Address host(int ifindex, IpAddress address) {
        int flags = address.family().bytes() == 16 ? FLAG_NODAD : 0;
        return new Address(ifindex, address, address.family().bits(), SCOPE_UNIVERSE, flags, RouteProtocol.L34);
    }

    /** The on-link prefix that the address declares. */
    public IpPrefix prefix() {
        return new IpPrefix(address, prefixLength);
    }

    /** Whether it is being checked for duplicates (RFC 4862 §5.4): the kernel neither answers for it nor asks from it yet. */
    public boolean isBeingChecked() {
        return (flags & (FLAG_TENTATIVE | FLAG_DADFAILED)) == FLAG_TENTATIVE;
    }

    void write(MessageWriter out) {
        out.u8(address.family().addressFamily())
                .u8(prefixLength)
                .u8(flags & 0xFF)
                .u8(scope)
                .u32(ifindex);
        out.attribute(IFA_LOCAL, address.toBytes()).attribute(IFA_ADDRESS, address.toBytes());
        if (flags != 0) {
            out.attributeU32(IFA_FLAGS, flags);
        }
        if (protocol != 0) {
            out.attribute(IFA_PROTO, new byte[] {(byte) protocol});
        }
    }

    static @Nullable Address read(MessageReader message) {
        int flags = message.u8(2);
        int protocol = 0;
        @Nullable IpAddress local = null;
        @Nullable IpAddress peer = null;
        for (Attribute a : message.attributesAfter(8)) {
            switch (a.type()) {
                case IFA_ADDRESS -> peer = a.ip();
                case IFA_LOCAL -> local = a.ip();
                case IFA_FLAGS -> flags = a.u32();
                case IFA_PROTO -> protocol = a.u8();
                default -> {}
            }
        }
        // IPv6 sends IFA_LOCAL only for point-to-point addresses.
        IpAddress address = local != null ? local : peer;
        return address == null
                ? null
                : new Address(message.u32(4), address, message.u8(1), message.u8(3), flags, protocol);
    }
}
