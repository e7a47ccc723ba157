// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * An application pod behind a Service. Ordered by identifier within its group.
 *
 * @param identifier stable number of the pod within its group, 0..capacity-1; it decides which slots the pod gets
 * @param name {@code namespace/name} of the pod, for humans only
 * @param addresses where packets for it are sent, on the network of the Gateway: at most one per family, IPv4 first
 * @param vips that the pod holds and whose family has a next hop back; the pod gets slots of these VIPs, and of those within them, only. Sorted
 * @param draining whether it ends soon: it goes on with its TCP connections and gets no new flows while another target of
 *     the VIP can take them
 */
public record Target(int identifier, String name, List<IpAddress> addresses, Set<IpPrefix> vips, boolean draining) {
    /** @throws IllegalArgumentException when the identifier is negative or a family has two addresses */
    public Target {
        if (identifier < 0) {
            throw new IllegalArgumentException("identifier of " + name + " must not be negative, got " + identifier);
        }
        addresses = addresses.stream().sorted().toList();
        Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        for (IpAddress address : addresses) {
            if (!families.add(address.family())) {
                throw new IllegalArgumentException(name + " has two addresses of one family: " + addresses);
            }
        }
        vips = Collections.unmodifiableSortedSet(new TreeSet<>(vips));
    }

    /** Whether the pod takes packets to every address of a VIP. */
    public boolean holds(IpPrefix vip) {
        if (vips.contains(vip)) {
            return true;
        }
        for (IpPrefix held : vips) {
            if (!held.isHost() && held.contains(vip)) {
                return true;
            }
        }
        return false;
    }

    /** One that takes new flows. */
    public Target(int identifier, String name, List<IpAddress> addresses, Set<IpPrefix> vips) {
        this(identifier, name, addresses, vips, false);
    }

    /** The same with other VIPs. */
    public Target withVips(Set<IpPrefix> others) {
        return new Target(identifier, name, addresses, others, draining);
    }

    /** The same, draining or not. */
    public Target withDraining(boolean drains) {
        return new Target(identifier, name, addresses, vips, drains);
    }

    /** The same with no VIP of the families in which one of these is its address: it keeps its identifier, and loses its slots. */
    public Target without(Set<IpAddress> masked) {
        Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        addresses.stream().filter(masked::contains).forEach(address -> families.add(address.family()));
        if (families.isEmpty()) {
            return this;
        }
        Set<IpPrefix> left = new TreeSet<>(vips);
        left.removeIf(vip -> families.contains(vip.family()));
        return withVips(left);
    }
}
