// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.l34gateway.cni.CniError;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rtnetlink;

/**
 * The VIPs on {@code lo} of a pod. A single address is an address of the interface. A prefix is a route
 * {@code local PREFIX dev lo}, by which all of its addresses are the pod's.
 */
record Loopback(Rtnetlink kernel) {
    /** LOOPBACK_IFINDEX: the same in every namespace, and nobody can take the interface away (drivers/net/loopback.c). */
    private static final int INDEX = 1;

    /** Which of these are there: single addresses, whoever made them, and prefixes that we have made. */
    Set<IpPrefix> present(Collection<IpPrefix> asked) {
        Set<IpPrefix> present = new TreeSet<>(asked);
        Set<IpFamily> wide = EnumSet.noneOf(IpFamily.class);
        for (IpPrefix vip : asked) {
            if (!vip.isHost()) {
                wide.add(vip.family());
            }
        }
        Set<IpPrefix> there = new TreeSet<>(prefixes(wide));
        for (Address address : hosts()) {
            there.add(address.prefix());
        }
        present.retainAll(there);
        return present;
    }

    /** What has our protocol number. */
    List<IpPrefix> ours() {
        List<IpPrefix> ours = prefixes(EnumSet.allOf(IpFamily.class));
        for (Address address : hosts()) {
            if (address.protocol() == RouteProtocol.L34) {
                ours.add(address.prefix());
            }
        }
        return ours;
    }

    private List<Address> hosts() {
        List<Address> hosts = new ArrayList<>();
        for (Address address : kernel.addresses()) {
            if (address.ifindex() == INDEX && address.prefix().isHost()) {
                hosts.add(address);
            }
        }
        return hosts;
    }

    private List<IpPrefix> prefixes(Set<IpFamily> families) {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (IpFamily family : families) {
            for (Route route : kernel.routes(family, Route.TABLE_LOCAL)) {
                boolean ours = route.type() == RouteType.LOCAL && route.protocol() == RouteProtocol.L34;
                if (ours && !route.destination().isHost()) {
                    prefixes.add(route.destination());
                }
            }
        }
        return prefixes;
    }

    void add(IpPrefix vip) {
        if (vip.isHost()) {
            kernel.add(Address.host(INDEX, vip.address()));
        } else {
            kernel.add(Route.local(vip, INDEX));
        }
    }

    void remove(IpPrefix vip) {
        if (vip.isHost()) {
            kernel.delete(Address.host(INDEX, vip.address()));
        } else {
            kernel.delete(Route.local(vip, INDEX));
        }
    }

    /** Refuses prefixes that would take the pod's neighbours, and the pod's own addresses, away from its other interfaces. */
    void requireFree(Iterable<IpPrefix> vips) {
        for (IpPrefix vip : vips) {
            if (!vip.isHost()) {
                for (Address address : kernel.addresses()) {
                    IpPrefix link = address.prefix();
                    if (address.ifindex() != INDEX && (vip.contains(link) || link.contains(vip))) {
                        throw new CniError(
                                CniError.INVALID_CONFIGURATION,
                                "vip " + vip + " overlaps with " + link + ", to which the pod is connected");
                    }
                }
            }
        }
    }
}
