// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.Holdings;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.cni.sbr.RouteAttachment;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;
import org.l34gateway.node.plan.Held;

/** Reads a namespace; one of these is one moment, as far as netlink can give one. */
final class SandboxReading {
    /** The interface of the cluster's network, by CRI's convention. */
    private static final String PRIMARY = "eth0";

    private final List<Link> links;
    private final List<Address> addresses;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();

    SandboxReading(Rtnetlink kernel) {
        this.links = kernel.links();
        this.addresses = kernel.addresses();
        for (IpFamily family : IpFamily.values()) {
            rules.addAll(kernel.rules(family));
            routes.addAll(kernel.routes(family));
        }
    }

    /** Addresses by which a pod can be told from others. */
    static SortedSet<IpAddress> addressesOutsideLoopback(Rtnetlink kernel) {
        int lo = index(kernel.links(), "lo");
        SortedSet<IpAddress> found = new TreeSet<>();
        for (Address address : kernel.addresses()) {
            if (address.ifindex() != lo && address.scope() == Address.SCOPE_UNIVERSE) {
                found.add(address.address());
            }
        }
        return found;
    }

    /** The pod's addresses on the cluster's network. */
    SortedSet<IpAddress> primaryAddresses() {
        int eth0 = index(links, PRIMARY);
        SortedSet<IpAddress> found = new TreeSet<>();
        for (Address address : addresses) {
            if (address.ifindex() == eth0 && address.scope() == Address.SCOPE_UNIVERSE) {
                found.add(address.address());
            }
        }
        return found;
    }

    /** Prefixes that some interface is directly connected to → its index, as the policy-route library sees it. */
    SortedMap<IpPrefix, Integer> links() {
        SortedMap<IpPrefix, Integer> found = new TreeMap<>();
        for (Route route : routes) {
            boolean connected = route.table() == Route.TABLE_MAIN
                    && route.type() == RouteType.UNICAST
                    && route.destination().length() > 0
                    && route.nextHops().size() == 1
                    && route.nextHops().getFirst().gateway() == null;
            if (connected) {
                // Several links with fe80::/64: the library takes the first too.
                found.putIfAbsent(
                        route.destination(), route.nextHops().getFirst().ifindex());
            }
        }
        return found;
    }

    /**
     * Indexes of interfaces that IPv6 does not speak on yet: an address is being checked for duplicates (RFC 4862 §5.4), and
     * a tentative one neither answers neighbours nor asks them.
     */
    SortedSet<Integer> tentative() {
        SortedSet<Integer> found = new TreeSet<>();
        for (Address address : addresses) {
            if (address.isBeingChecked()) {
                found.add(address.ifindex());
            }
        }
        return found;
    }

    /**
     * What is there of what the records of one Gateway tell, and what else is in its table.
     *
     * @param vips holdings of the record of the {@code vip} attachment
     * @param routing holdings of the record of the {@code policy-route} attachment
     * @param netns the namespace, for its parameters
     */
    Held held(String gatewayName, Holdings vips, Holdings routing, Namespace netns) {
        SortedSet<IpPrefix> onLoopback = new TreeSet<>(vips.vips());
        onLoopback.retainAll(loopbackPrefixes());
        int table = routing.table();
        SortedSet<IpPrefix> sources = new TreeSet<>();
        SortedSet<IpAddress> nextHops = new TreeSet<>();
        SortedSet<IpFamily> closed = new TreeSet<>();
        if (table != 0) {
            readRules(table, sources);
            readTable(table, nextHops, closed);
        }
        return new Held(
                gatewayName,
                onLoopback,
                sources,
                nextHops,
                closed,
                table,
                RouteAttachment.foreignEdits(routing, routes, netns));
    }

    /** Addresses on {@code lo}, and our prefixes. */
    private SortedSet<IpPrefix> loopbackPrefixes() {
        int lo = index(links, "lo");
        SortedSet<IpPrefix> prefixes = new TreeSet<>();
        for (Address address : addresses) {
            if (address.ifindex() == lo) {
                prefixes.add(address.prefix());
            }
        }
        for (Route route : routes) {
            if (route.table() == Route.TABLE_LOCAL
                    && route.type() == RouteType.LOCAL
                    && route.protocol() == RouteProtocol.L34) {
                prefixes.add(route.destination());
            }
        }
        return prefixes;
    }

    /** The networks to which the pod is connected by its addresses, as the VIPs' library sees them. */
    SortedSet<IpPrefix> networks() {
        int lo = index(links, "lo");
        SortedSet<IpPrefix> networks = new TreeSet<>();
        for (Address address : addresses) {
            if (address.ifindex() != lo) {
                networks.add(address.prefix());
            }
        }
        return networks;
    }

    private void readRules(int table, SortedSet<IpPrefix> sources) {
        for (Rule rule : rules) {
            boolean ours = rule.protocol() == RouteProtocol.L34 && !rule.moreSelectors();
            @Nullable IpPrefix source = rule.source();
            if (ours && rule.table() == table && source != null) {
                sources.add(source);
            }
        }
    }

    private void readTable(int table, SortedSet<IpAddress> nextHops, SortedSet<IpFamily> closed) {
        for (Route route : routes) {
            if (route.table() != table || route.destination().length() != 0 || route.protocol() != RouteProtocol.L34) {
                continue;
            }
            if (route.type() == RouteType.UNREACHABLE) {
                closed.add(route.family());
            }
            for (NextHop hop : route.nextHops()) {
                @Nullable IpAddress gateway = hop.gateway();
                if (gateway != null) {
                    nextHops.add(gateway);
                }
            }
        }
    }

    /** Index of the interface of that name, 0 when there is none. */
    private static int index(List<Link> links, String name) {
        for (Link link : links) {
            if (link.name().equals(name)) {
                return link.index();
            }
        }
        return 0;
    }
}
