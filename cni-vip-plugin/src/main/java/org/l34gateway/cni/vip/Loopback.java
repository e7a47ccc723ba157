// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.cni.CniError;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rtnetlink;

/**
 * The VIPs on {@code lo} of a pod. A single address is an address of the interface. A prefix is a route
 * {@code local PREFIX dev lo}, by which all of its addresses are the pod's.
 *
 * @param index of {@code lo}
 */
record Loopback(Rtnetlink kernel, int index) {
    /** @throws CniError when the namespace has none */
    static Loopback of(Rtnetlink kernel) {
        Link lo = kernel.link("lo");
        if (lo == null) {
            throw new CniError(CniError.INVALID_NETNS, "the namespace has no interface lo");
        }
        return new Loopback(kernel, lo.index());
    }

    /** All host addresses, and the prefixes that we have made. */
    List<IpPrefix> vips() {
        List<IpPrefix> vips = prefixes();
        for (Address address : hosts()) {
            vips.add(address.prefix());
        }
        return vips;
    }

    /** What has our protocol number. */
    List<IpPrefix> ours() {
        List<IpPrefix> ours = prefixes();
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
            if (address.ifindex() == index && address.prefix().isHost()) {
                hosts.add(address);
            }
        }
        return hosts;
    }

    private List<IpPrefix> prefixes() {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
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
            kernel.add(Address.host(index, vip.address()));
        } else {
            kernel.add(Route.local(vip, index));
        }
    }

    void remove(IpPrefix vip) {
        if (vip.isHost()) {
            kernel.delete(Address.host(index, vip.address()));
        } else {
            kernel.delete(Route.local(vip, index));
        }
    }

    /** Refuses prefixes that would take the pod's neighbours, and the pod's own addresses, away from its other interfaces. */
    void requireFree(Iterable<IpPrefix> vips) {
        for (IpPrefix vip : vips) {
            if (!vip.isHost()) {
                for (Address address : kernel.addresses()) {
                    IpPrefix link = address.prefix();
                    if (address.ifindex() != index && (vip.contains(link) || link.contains(vip))) {
                        throw new CniError(
                                CniError.INVALID_CONFIGURATION,
                                "vip " + vip + " overlaps with " + link + ", to which the pod is connected");
                    }
                }
            }
        }
    }
}
