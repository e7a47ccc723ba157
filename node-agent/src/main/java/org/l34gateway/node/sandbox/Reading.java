// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Held;

/**
 * What was read from a sandbox.
 *
 * @param addresses primary addresses: those of {@code eth0}, without link-local ones
 * @param networks to which the sandbox is connected by its addresses
 * @param links prefixes whose addresses are neighbours → index of the interface on which they are
 * @param tentative indexes of interfaces that IPv6 does not speak on yet
 * @param held by Gateway, one for each attachment that has a record
 */
public record Reading(
        SortedSet<IpAddress> addresses,
        SortedSet<IpPrefix> networks,
        SortedMap<IpPrefix, Integer> links,
        Set<Integer> tentative,
        Map<AttachmentKey, Held> held) {
    /** Nothing is known of the sandbox. */
    public static final Reading NONE =
            new Reading(new TreeSet<>(), new TreeSet<>(), new TreeMap<>(), Set.of(), Map.of());

    public Reading {
        addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
        networks = Collections.unmodifiableSortedSet(new TreeSet<>(networks));
        links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
        tentative = Set.copyOf(tentative);
        held = Map.copyOf(held);
    }

    /** Whether the sandbox can speak to an address on a link of its own now. */
    private boolean speaksTo(IpAddress address) {
        OptionalInt ifindex = interfaceOf(address);
        return address.family() == IpFamily.IPV4 || ifindex.isEmpty() || !tentative.contains(ifindex.getAsInt());
    }

    /** Whether there are next hops that the sandbox can not speak to yet: that ends by itself within two seconds. */
    public boolean settles() {
        return held.values().stream().anyMatch(each -> !each.nextHops().stream().allMatch(this::speaksTo));
    }

    /** What is held, without the next hops that the sandbox can not speak to yet. */
    public Map<AttachmentKey, Held> usable() {
        Map<AttachmentKey, Held> usable = new HashMap<>();
        held.forEach((key, has) -> usable.put(key, has.withoutNextHops(hop -> !speaksTo(hop))));
        return usable;
    }

    /**
     * Whether a prefix would take the pod's neighbours, or its own addresses, away from its interfaces. Of a single address it
     * is never said: it may be one of a network to which the pod is connected.
     */
    public boolean overlaps(IpPrefix vip) {
        return !vip.isHost()
                && Stream.concat(networks.stream(), links.keySet().stream())
                        .anyMatch(network -> network.contains(vip) || vip.contains(network));
    }

    /** Whether the sandbox has an interface on the link of this address. */
    public boolean reaches(IpAddress address) {
        return interfaceOf(address).isPresent();
    }

    /** Index of the interface on whose link an address is, as the policy-route library chooses it; empty for none. */
    public OptionalInt interfaceOf(IpAddress address) {
        return links.entrySet().stream()
                .filter(link -> link.getKey().contains(address))
                .max(Comparator.comparingInt(link -> link.getKey().length()))
                .map(link -> OptionalInt.of(link.getValue()))
                .orElse(OptionalInt.empty());
    }
}
