// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * A route (rtnetlink(7), {@code RTM_NEWROUTE}). The kernel tells routes apart by table, destination and metric.
 *
 * @param destination also says the family; length 0 is a default route
 * @param table routing table, 1 or more; 254 is main
 * @param protocol who made it, a {@link RouteProtocol}
 * @param type what happens to packets
 * @param scope distance of the destination, as in {@link Address}; IPv6 always reports 0
 * @param nextHops empty for types that send nothing anywhere; more than one make a multipath route
 * @param metric {@code RTA_PRIORITY}: smaller is preferred; 0 lets IPv6 choose 1024
 * @param preferredSource source of packets that have none yet, null when the kernel chooses
 */
public record Route(
        IpPrefix destination,
        int table,
        int protocol,
        RouteType type,
        int scope,
        List<NextHop> nextHops,
        int metric,
        @Nullable IpAddress preferredSource)
        implements KernelObject {
    public static final int TABLE_DEFAULT = 253;
    public static final int TABLE_MAIN = 254;
    public static final int TABLE_LOCAL = 255;

    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;

    public Route {
        nextHops = List.copyOf(nextHops);
    }

    /** A unicast route of ours with metric 0. */
    public static Route unicast(IpPrefix destination, int table, List<NextHop> nextHops) {
        boolean routed = anyRouted(nextHops);
        int scope = routed || destination.family() == IpFamily.IPV6 ? Address.SCOPE_UNIVERSE : Address.SCOPE_LINK;
        return new Route(destination, table, RouteProtocol.L34, RouteType.UNICAST, scope, nextHops, 0, null);
    }

    private static boolean anyRouted(List<NextHop> nextHops) {
        boolean routed = false;
        for (NextHop hop : nextHops) {
            routed |= hop.gateway() != null;
        }
        return routed;
    }

    /** A route of ours that refuses packets, with the given metric. */
    public static Route unreachable(IpPrefix destination, int table, int metric) {
        return new Route(
                destination,
                table,
                RouteProtocol.L34,
                RouteType.UNREACHABLE,
                Address.SCOPE_UNIVERSE,
                List.of(),
                metric,
                null);
    }

    /** A route of ours by which all addresses of a prefix are this namespace's: {@code local PREFIX dev INTERFACE}. */
    public static Route local(IpPrefix destination, int ifindex) {
        int scope = destination.family() == IpFamily.IPV6 ? Address.SCOPE_UNIVERSE : Address.SCOPE_HOST;
        return new Route(
                destination,
                TABLE_LOCAL,
                RouteProtocol.L34,
                RouteType.LOCAL,
                scope,
                List.of(NextHop.dev(ifindex)),
                0,
                null);
    }

    public IpFamily family() {
        return destination.family();
    }

    public Route withMetric(int newMetric) {
        return new Route(destination, table, protocol, type, scope, nextHops, newMetric, preferredSource);
    }

    void write(MessageWriter out) {
        boolean single = nextHops.size() == 1;
        out.u8(family().addressFamily()).u8(destination.length()).u8(0).u8(0);
        out.u8(table < 256 ? table : 0).u8(protocol).u8(scope).u8(type.number());
        out.u32(single && nextHops.get(0).onLink() ? NextHop.FLAG_ONLINK : 0);
        out.attribute(RTA_DST, destination.address().toBytes());
        out.attributeU32(RTA_TABLE, table);
        if (metric != 0) {
            out.attributeU32(RTA_PRIORITY, metric);
        }
        if (preferredSource != null) {
            out.attribute(RTA_PREFSRC, preferredSource.toBytes());
        }
        if (single) {
            writeWay(out, nextHops.get(0));
        } else if (!nextHops.isEmpty()) {
            int multipath = out.open(RTA_MULTIPATH);
            for (NextHop hop : nextHops) {
                int start = out.length();
                out.u16(0)
                        .u8(hop.onLink() ? NextHop.FLAG_ONLINK : 0)
                        .u8(hop.weight() - 1)
                        .u32(hop.ifindex());
                writeGateway(out, hop.gateway());
                out.patchU16(start, out.length() - start);
            }
            out.close(multipath);
        }
    }

    private void writeWay(MessageWriter out, NextHop hop) {
        if (hop.ifindex() != 0) {
            out.attributeU32(RTA_OIF, hop.ifindex());
        }
        writeGateway(out, hop.gateway());
    }

    private void writeGateway(MessageWriter out, @Nullable IpAddress gateway) {
        if (gateway == null) {
            return;
        }
        if (gateway.family() == family()) {
            out.attribute(RTA_GATEWAY, gateway.toBytes());
        } else {
            byte[] bytes = gateway.toBytes();
            byte[] via = new byte[2 + bytes.length]; // struct rtvia: u16 family, then the address
            via[0] = (byte) gateway.family().addressFamily();
            System.arraycopy(bytes, 0, via, 2, bytes.length);
            out.attribute(RTA_VIA, via);
        }
    }

    static @Nullable Route read(MessageReader message) {
        IpFamily family = MessageReader.family(message.u8(0));
        if (family == null) {
            return null;
        }
        int table = message.u8(4);
        int metric = 0;
        IpAddress destination = IpAddress.of(new byte[family.bytes()]);
        @Nullable IpAddress gateway = null;
        @Nullable IpAddress preferredSource = null;
        int ifindex = 0;
        List<NextHop> hops = new ArrayList<>();
        for (Attribute a : message.attributesAfter(12)) {
            switch (a.type()) {
                case RTA_DST -> destination = a.ip();
                case RTA_OIF -> ifindex = a.u32();
                case RTA_GATEWAY -> gateway = a.ip();
                case RTA_VIA -> gateway = a.via();
                case RTA_PRIORITY -> metric = a.u32();
                case RTA_PREFSRC -> preferredSource = a.ip();
                case RTA_MULTIPATH -> readHops(a, hops);
                case RTA_TABLE -> table = a.u32();
                default -> {}
            }
        }
        RouteType type = RouteType.of(message.u8(7));
        // IPv6 reports refused destinations as if they left through lo.
        boolean goesSomewhere = type == RouteType.UNICAST || type == RouteType.LOCAL;
        if (hops.isEmpty() && goesSomewhere && (ifindex != 0 || gateway != null)) {
            hops.add(new NextHop(gateway, ifindex, 1, (message.u32(8) & NextHop.FLAG_ONLINK) != 0));
        }
        IpPrefix prefix = new IpPrefix(destination, message.u8(1));
        return new Route(prefix, table, message.u8(5), type, message.u8(6), hops, metric, preferredSource);
    }

    private static void readHops(Attribute multipath, List<NextHop> hops) {
        MessageReader in = multipath.content();
        int at = 0;
        while (at + 8 <= in.length()) {
            int length = in.u16(at);
            if (length < 8 || at + length > in.length()) {
                return;
            }
            @Nullable IpAddress gateway = null;
            for (Attribute a : in.part(at, length).attributesAfter(8)) {
                gateway = a.type() == RTA_GATEWAY ? a.ip() : a.type() == RTA_VIA ? a.via() : gateway;
            }
            boolean onLink = (in.u8(at + 2) & NextHop.FLAG_ONLINK) != 0;
            hops.add(new NextHop(gateway, in.u32(at + 4), in.u8(at + 3) + 1, onLink));
            at += (length + 3) & ~3;
        }
    }
}
