// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Rtnetlink;

/** By rtnetlink. */
final class KernelLinkAddresses implements LinkAddresses {
    private static final int UNUSABLE = Address.FLAG_TENTATIVE | Address.FLAG_DADFAILED | Address.FLAG_DEPRECATED;

    private final Rtnetlink kernel;

    KernelLinkAddresses(Rtnetlink kernel) {
        this.kernel = kernel;
    }

    @Override
    public SortedSet<IpAddress> usable(Set<String> links) {
        Set<Integer> indexes = new HashSet<>();
        for (Link link : kernel.links()) {
            if (link.up() && link.carrier() && links.contains(link.name())) {
                indexes.add(link.index());
            }
        }
        SortedSet<IpAddress> usable = new TreeSet<>();
        for (Address address : kernel.addresses()) {
            boolean global = address.scope() == Address.SCOPE_UNIVERSE;
            if (global && indexes.contains(address.ifindex()) && (address.flags() & UNUSABLE) == 0) {
                usable.add(address.address());
            }
        }
        return usable;
    }
}
