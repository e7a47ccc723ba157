// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.Rtnetlink;

/** By rtnetlink. */
final class KernelInterfaces implements PodInterfaces {
    private static final int UNUSABLE = Address.FLAG_TENTATIVE | Address.FLAG_DADFAILED | Address.FLAG_DEPRECATED;

    private final Rtnetlink kernel;

    KernelInterfaces(Rtnetlink kernel) {
        this.kernel = kernel;
    }

    @Override
    public Map<String, SortedSet<IpAddress>> present() {
        Map<String, SortedSet<IpAddress>> present = new HashMap<>();
        Map<Integer, String> up = new HashMap<>();
        for (Link link : kernel.links()) {
            present.put(link.name(), new TreeSet<>());
            if (link.up() && link.carrier()) {
                up.put(link.index(), link.name());
            }
        }
        for (Address address : kernel.addresses()) {
            String link = up.get(address.ifindex());
            boolean global = address.scope() == Address.SCOPE_UNIVERSE;
            if (link != null && global && (address.flags() & UNUSABLE) == 0) {
                present.computeIfAbsent(link, _ -> new TreeSet<>()).add(address.address());
            }
        }
        return present;
    }
}
