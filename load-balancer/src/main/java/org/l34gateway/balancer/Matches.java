// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;

/** Matches of a rule as nft text; each ends in a space, or is empty when it would match everything. */
final class Matches {
    private Matches() {}

    /** Prefixes of one family without those inside others, which nft refuses to have in one set. */
    static List<IpPrefix> outermost(Collection<IpPrefix> prefixes, IpFamily family) {
        List<IpPrefix> kept = new ArrayList<>();
        for (IpPrefix prefix : prefixes.stream().sorted().toList()) {
            boolean inside = !kept.isEmpty() && kept.getLast().contains(prefix);
            if (prefix.family() == family && !inside) {
                kept.add(prefix);
            }
        }
        return kept;
    }

    /** Ranges joined where they overlap or touch. */
    static List<PortRange> joined(Collection<PortRange> ranges) {
        List<PortRange> joined = new ArrayList<>();
        for (PortRange range : ranges.stream().sorted().toList()) {
            if (!joined.isEmpty() && range.first() <= joined.getLast().last() + 1) {
                PortRange last = joined.removeLast();
                joined.add(new PortRange(last.first(), Math.max(last.last(), range.last())));
            } else {
                joined.add(range);
            }
        }
        return joined;
    }

    static String source(List<IpPrefix> clients, IpFamily family) {
        return any(clients)
                ? ""
                : (family == IpFamily.IPV4 ? "ip" : "ip6") + " saddr { "
                        + clients.stream().map(IpPrefix::toString).collect(Collectors.joining(", ")) + " } ";
    }

    /** The destination of the packet inside an ICMP error, which is the client. */
    static String quotedClient(List<IpPrefix> clients, IpFamily family) {
        return any(clients)
                ? ""
                : (family == IpFamily.IPV4 ? "@th,192,32" : "@th,256,128") + " { "
                        + clients.stream().map(Matches::range).collect(Collectors.joining(", ")) + " } ";
    }

    private static boolean any(List<IpPrefix> clients) {
        return clients.isEmpty() || clients.stream().anyMatch(prefix -> prefix.length() == 0);
    }

    private static String range(IpPrefix prefix) {
        BigInteger first = new BigInteger(1, prefix.address().toBytes());
        BigInteger size = BigInteger.ONE.shiftLeft(prefix.family().bits() - prefix.length());
        return prefix.isHost()
                ? hex(first)
                : hex(first) + "-" + hex(first.add(size).subtract(BigInteger.ONE));
    }

    static String hex(BigInteger number) {
        return "0x" + number.toString(16);
    }

    /** An address as the number that a raw payload match compares. */
    static String number(IpAddress address) {
        return hex(new BigInteger(1, address.toBytes()));
    }

    /**
     * Ports of one direction.
     *
     * @param field such as {@code th dport} or {@code @th,224,16}
     */
    static String ports(String field, List<PortRange> ranges) {
        List<PortRange> joined = joined(ranges);
        return joined.isEmpty() || joined.contains(PortRange.ALL)
                ? ""
                : field + " { " + joined.stream().map(PortRange::toString).collect(Collectors.joining(", ")) + " } ";
    }

    /**
     * Protocols by number.
     *
     * @param field such as {@code meta l4proto} or {@code @th,136,8}
     */
    static String protocols(String field, Set<Protocol> protocols) {
        return field + " { "
                + protocols.stream()
                        .map(each -> Integer.toString(each.number()))
                        .collect(Collectors.joining(", "))
                + " } ";
    }
}
