// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.l34gateway.api.L34Protocol;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.L34RouteSpec;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Backend;
import org.l34gateway.program.ByteMatch;
import org.l34gateway.program.Flow;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;

/**
 * The texts of a route's spec, read. The API server has checked most of it already; an object that was stored under an
 * older schema is judged here all the same.
 *
 * @param usable whether the route can be carried out
 * @param leftOut what is not carried out although the route is
 */
record FlowText(
        Verdict usable,
        List<String> leftOut,
        List<IpPrefix> destinations,
        List<IpPrefix> sources,
        List<PortRange> sourcePorts,
        List<PortRange> destinationPorts,
        Set<Protocol> protocols,
        List<ByteMatch> byteMatches) {
    private static final String ANY = "any";

    /** This network, loopback, link-local, multicast and reserved (RFC 6890, RFC 4291 §2.4). */
    private static final List<IpPrefix> NO_VIPS = Stream.of(
                    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "fe80::/10", "ff00::/8")
            .map(IpPrefix::parse)
            .toList();

    static FlowText read(L34RouteSpec spec) {
        try {
            return readChecked(spec);
        } catch (IllegalArgumentException e) {
            String why = e.getMessage() == null ? "the spec cannot be read" : e.getMessage();
            return refused(Verdict.no(Reasons.UNSUPPORTED_VALUE, why));
        }
    }

    private static FlowText refused(Verdict verdict) {
        return new FlowText(
                verdict,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                EnumSet.noneOf(Protocol.class),
                List.of());
    }

    private static FlowText readChecked(L34RouteSpec spec) {
        List<String> leftOut = new ArrayList<>();
        Set<IpPrefix> vips = new TreeSet<>();
        for (IpPrefix prefix : prefixes("spec.destinationCIDRs", spec.destinationCIDRs())) {
            Optional<IpPrefix> special = NO_VIPS.stream()
                    .filter(range -> range.contains(prefix) || prefix.contains(range))
                    .findFirst();
            if (special.isEmpty()) {
                vips.add(prefix);
            } else if (prefix.isHost()) {
                leftOut.add("destinationCIDR " + prefix + " is no address that a pod can own and a router can reach");
            } else {
                leftOut.add("destinationCIDR " + prefix + " overlaps with " + special.get()
                        + ", which no pod can own or no router can reach");
            }
        }
        Set<Protocol> protocols = EnumSet.noneOf(Protocol.class);
        spec.protocols().forEach(protocol -> protocols.add(protocolOf(protocol)));
        if (vips.isEmpty() || protocols.isEmpty()) {
            String why = vips.isEmpty()
                    ? "no destinationCIDR can be carried out: " + String.join("; ", leftOut)
                    : "spec.protocols is empty";
            return refused(Verdict.no(Reasons.UNSUPPORTED_VALUE, why));
        }
        List<ByteMatch> byteMatches = ByteMatchText.read(spec.byteMatches());
        return new FlowText(
                Verdict.yes(Reasons.ACCEPTED),
                List.copyOf(leftOut),
                List.copyOf(vips),
                withoutAny(prefixes("spec.sourceCIDRs", spec.sourceCIDRs())),
                ports("spec.sourcePorts", spec.sourcePorts()),
                ports("spec.destinationPorts", spec.destinationPorts()),
                ByteMatchText.restricts(protocols, byteMatches),
                byteMatches);
    }

    Flow toFlow(L34Route route, List<Backend> backends) {
        return new Flow(
                route.getMetadata().getNamespace() + "/" + route.getMetadata().getName(),
                route.getSpec().priority(),
                destinations,
                sources,
                sourcePorts,
                destinationPorts,
                protocols,
                byteMatches,
                backends);
    }

    private static Protocol protocolOf(L34Protocol protocol) {
        return switch (protocol) {
            case TCP -> Protocol.TCP;
            case UDP -> Protocol.UDP;
            case SCTP -> Protocol.SCTP;
        };
    }

    private static List<IpPrefix> prefixes(String field, List<String> texts) {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (String text : texts) {
            try {
                prefixes.add(IpPrefix.parse(text));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
            }
        }
        return prefixes;
    }

    /** A list of sources that allows every address of a family restricts nothing in it: 0.0.0.0/0 alone still excludes IPv6. */
    private static List<IpPrefix> withoutAny(List<IpPrefix> sources) {
        boolean allIpv4 = sources.contains(IpPrefix.parse("0.0.0.0/0"));
        boolean allIpv6 = sources.contains(IpPrefix.parse("::/0"));
        return allIpv4 && allIpv6 ? List.of() : List.copyOf(new TreeSet<>(sources));
    }

    private static List<PortRange> ports(String field, List<String> texts) {
        List<PortRange> ranges = new ArrayList<>();
        for (String text : texts) {
            PortRange range = port(field, text);
            if (range.equals(PortRange.ALL)) {
                return List.of();
            }
            ranges.add(range);
        }
        return ranges;
    }

    private static PortRange port(String field, String text) {
        if (text.equals(ANY)) {
            return PortRange.ALL;
        }
        try {
            int dash = text.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
            return new PortRange(first, last);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + ": \"" + text + "\" is no port, first-last or any", e);
        }
    }
}
