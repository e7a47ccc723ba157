// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.Expression.Compare;
import org.l34gateway.linux.nftables.Expression.Comparison;
import org.l34gateway.linux.nftables.Expression.Header;
import org.l34gateway.linux.nftables.Expression.InSet;
import org.l34gateway.linux.nftables.Expression.Load;
import org.l34gateway.linux.nftables.Expression.LoadMeta;
import org.l34gateway.linux.nftables.Expression.Mask;
import org.l34gateway.linux.nftables.Expression.Meta;
import org.l34gateway.linux.nftables.Expression.Swap;
import org.l34gateway.linux.nftables.Expression.Within;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.Register;
import org.l34gateway.program.Protocol;

/**
 * Where a rule finds what decides about a packet. The quoted views read the packet inside an ICMP error, which went from the
 * VIP to the client: source and destination change places, so that the error is decided like its flow.
 *
 * <p>An ICMP and an ICMPv6 header have 8 bytes; offsets of quoted packets begin at it. The ports are found only behind an
 * IPv4 header without options (20 bytes) and an IPv6 header without extensions (40 bytes).
 */
enum PacketView {
    /** The packet itself; it is no fragment. */
    WHOLE4(IpFamily.IPV4, 12, 0),
    WHOLE6(IpFamily.IPV6, 8, 0),
    /** Inside an ICMP error. */
    QUOTED4(IpFamily.IPV4, 8 + 12, 8 + 20),
    QUOTED6(IpFamily.IPV6, 8 + 8, 8 + 40);

    private static final Register R0 = new Register(0);
    private static final int IPV4_PROTOCOL = 9;
    private static final int IPV6_NEXT_HEADER = 6;
    private static final int QUOTED = 8;
    /** Version 4, header of 5 words. */
    private static final int PLAIN_IPV4 = 0x45;

    private static final int IPV6_HEADER = 40;
    private static final int PORTS_BYTES = 4;

    private final IpFamily family;
    /** Offset of the source address of the packet that is read. */
    private final int addresses;
    /** Offset of its ports. */
    private final int ports;

    PacketView(IpFamily family, int addresses, int ports) {
        this.family = family;
        this.addresses = addresses;
        this.ports = ports;
    }

    IpFamily family() {
        return family;
    }

    static PacketView whole(IpFamily family) {
        return family == IpFamily.IPV4 ? WHOLE4 : WHOLE6;
    }

    static PacketView quoted(IpFamily family) {
        return family == IpFamily.IPV4 ? QUOTED4 : QUOTED6;
    }

    boolean isQuoted() {
        return this == QUOTED4 || this == QUOTED6;
    }

    private int addressBytes() {
        return family.bits() / 8;
    }

    /** Bytes of what {@link #flow} loads. */
    int flowBytes() {
        return 2 * addressBytes() + PORTS_BYTES;
    }

    /** Matches packets of a protocol whose ports can be read. */
    List<Expression> isProtocol(Protocol protocol) {
        List<Expression> is = new ArrayList<>(hasPorts());
        is.add(protocol(R0));
        is.add(new Compare(R0, Comparison.EQUAL, Octets.network(protocol.number(), 1)));
        return is;
    }

    /** Matches packets of any other protocol, if their ports can be read. */
    List<Expression> isOther(Protocol protocol) {
        return List.of(protocol(R0), new Compare(R0, Comparison.NOT_EQUAL, Octets.network(protocol.number(), 1)));
    }

    /** Matches packets whose ports are where {@link #ports} reads them, if their protocol has some; loses register 0. */
    private List<Expression> hasPorts() {
        return this == QUOTED4
                ? List.of(
                        new Load(R0, Header.TRANSPORT, QUOTED, 1),
                        new Compare(R0, Comparison.EQUAL, Octets.network(PLAIN_IPV4, 1)),
                        // Only the first fragment has ports.
                        new Load(R0, Header.TRANSPORT, QUOTED + 6, 2),
                        new Mask(R0, R0, Octets.network(0x1FFF, 2), Octets.network(0, 2)),
                        new Compare(R0, Comparison.EQUAL, Octets.network(0, 2)))
                : List.of();
    }

    /** Loads the number of the transport protocol, 1 byte. */
    private Expression protocol(Register to) {
        return switch (this) {
            case WHOLE4, WHOLE6 -> new LoadMeta(to, Meta.TRANSPORT);
            case QUOTED4 -> new Load(to, Header.TRANSPORT, QUOTED + IPV4_PROTOCOL, 1);
            case QUOTED6 -> new Load(to, Header.TRANSPORT, QUOTED + IPV6_NEXT_HEADER, 1);
        };
    }

    /**
     * Loads the VIP to which the packet is sent, the protocol and the VIP's port, each padded to a register. An ICMP error is sent to
     * the VIP itself; what it says about the quoted packet's is not believed.
     */
    List<Expression> service(Register to) {
        Register protocol = to.after(addressBytes());
        List<Expression> loads = new ArrayList<>(hasPorts());
        loads.addAll(List.of(whole(family).vip(to), protocol(protocol), vipPort(protocol.after(1))));
        return loads;
    }

    /**
     * Matches packets that can go on as they are, before reassembly: they are no fragments, live longer than one hop and fit the
     * next link. What the header says is looked at, so that a packet that the interface has put together of small ones counts
     * as large; the MTU of the interface on which it comes says nothing about what others send there. Whole words are
     * compared, which the kernel does in place.
     *
     * @param mtuBytes of the next link
     */
    static List<Expression> passesUnchanged(IpFamily family, int mtuBytes) {
        Octets zero = Octets.network(0, Integer.BYTES);
        boolean ipv4 = family == IpFamily.IPV4;
        List<Expression> passes = new ArrayList<>();
        if (ipv4) {
            // "More fragments" and the offset of a fragment.
            passes.add(new Load(R0, Header.NETWORK, 4, Integer.BYTES));
            passes.add(new Mask(R0, R0, Octets.network(0x3FFF, Integer.BYTES), zero));
            passes.add(new Compare(R0, Comparison.EQUAL, zero));
        }
        passes.add(new Load(R0, Header.NETWORK, ipv4 ? 8 : 4, Integer.BYTES));
        passes.add(new Mask(R0, R0, Octets.network(ipv4 ? 0xFE000000 : 0xFE, Integer.BYTES), zero));
        passes.add(new Compare(R0, Comparison.NOT_EQUAL, zero));
        int most = Math.clamp(mtuBytes - (ipv4 ? 0 : IPV6_HEADER), 1, 0xFFFF);
        passes.add(new Load(R0, Header.NETWORK, ipv4 ? 2 : 4, 2));
        // 0 stands for a length that does not fit (RFC 2675, BIG TCP).
        passes.add(new Within(R0, Octets.network(1, 2), Octets.network(most, 2)));
        return List.copyOf(passes);
    }

    /** Matches packets whose first header names a protocol of a set: no extension, and so no fragment of IPv6, is between. */
    static List<Expression> beginsWithOneOf(IpFamily family, String protocols) {
        return List.of(headerProtocol(family, R0), new InSet(protocols, R0));
    }

    private static Expression headerProtocol(IpFamily family, Register to) {
        return new Load(to, Header.NETWORK, family == IpFamily.IPV4 ? IPV4_PROTOCOL : IPV6_NEXT_HEADER, 1);
    }

    /** The same as {@link #service} of whole packets, of those that begin with their protocol. */
    static List<Expression> serviceAtOnce(IpFamily family, Register to) {
        PacketView view = whole(family);
        Register protocol = to.after(view.addressBytes());
        return List.of(view.vip(to), headerProtocol(family, protocol), view.vipPort(protocol.after(1)));
    }

    /** Loads the client's address. */
    Load client(Register to) {
        int offset = isQuoted() ? addresses + addressBytes() : addresses;
        return new Load(to, header(), offset, addressBytes());
    }

    /** Loads the VIP. */
    Load vip(Register to) {
        int offset = isQuoted() ? addresses : addresses + addressBytes();
        return new Load(to, header(), offset, addressBytes());
    }

    /** Loads the client's port, 2 bytes. */
    Expression clientPort(Register to) {
        return new Load(to, Header.TRANSPORT, isQuoted() ? ports + 2 : ports, 2);
    }

    /** Loads the VIP's port, 2 bytes. */
    Expression vipPort(Register to) {
        return new Load(to, Header.TRANSPORT, isQuoted() ? ports : ports + 2, 2);
    }

    private Header header() {
        return isQuoted() ? Header.TRANSPORT : Header.NETWORK;
    }

    /** Loads the client's address and the VIP, one behind the other. */
    List<Expression> addresses(Register to) {
        // The kernel reads 4 bytes in place, but calls a function for more: then better once for both.
        return this == WHOLE6
                ? List.of(new Load(to, header(), addresses, 2 * addressBytes()))
                : List.of(client(to), vip(to.after(addressBytes())));
    }

    /** Loads the client's port and the VIP's into one register. */
    List<Expression> ports(Register to) {
        Expression load = new Load(to, Header.TRANSPORT, ports, PORTS_BYTES);
        // Turning all four bytes round and then each half exchanges the halves.
        return isQuoted() ? List.of(load, new Swap(to, to, 4), new Swap(to, to, 2)) : List.of(load);
    }

    /** Loads the client's address, the VIP and the ports, one behind the other. */
    List<Expression> flow(Register to) {
        List<Expression> loads = new ArrayList<>(addresses(to));
        loads.addAll(ports(to.after(2 * addressBytes())));
        return loads;
    }

    /** The same, each by itself: nft cannot show a key that was not loaded part by part. */
    List<Expression> flowAsKey(Register to) {
        List<Expression> loads = new ArrayList<>(List.of(client(to), vip(to.after(addressBytes()))));
        loads.addAll(ports(to.after(2 * addressBytes())));
        return loads;
    }
}
