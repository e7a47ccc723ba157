// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.l34gateway.ip.IpPrefix;

/**
 * One route: which packets it takes and which groups share them. An empty list of sources or ports means any.
 *
 * <p>A packet without ports that belongs to no known flow (ping, another protocol) matches by its addresses alone. An ICMP error
 * quotes what a VIP has sent, where {@code byteMatches} find nothing to read: it goes to the first flow without them, if none admits
 * it to the first one.
 *
 * @param name {@code namespace/name} of the route, for humans only; each name once in a program
 * @param priority the higher wins; among equals the order in the program decides
 * @param destinations VIPs, sorted, never empty
 * @param sources client prefixes, sorted
 * @param sourcePorts sorted
 * @param destinationPorts sorted
 * @param protocols never empty, in the order of the enum
 * @param byteMatches all must hold; they are about the only one of {@code protocols}
 * @param backends who gets the packets; empty, or all weights 0, means that they are dropped
 */
public record Flow(
        String name,
        int priority,
        List<IpPrefix> destinations,
        List<IpPrefix> sources,
        List<PortRange> sourcePorts,
        List<PortRange> destinationPorts,
        Set<Protocol> protocols,
        List<ByteMatch> byteMatches,
        List<Backend> backends) {
    /** @throws IllegalArgumentException when destinations or protocols are empty, bytes of another protocol are matched, or a group is named twice */
    public Flow {
        if (destinations.isEmpty() || protocols.isEmpty()) {
            throw new IllegalArgumentException(name + " needs a destination and a protocol");
        }
        for (ByteMatch match : byteMatches) {
            if (!protocols.equals(Set.of(match.protocol()))) {
                throw new IllegalArgumentException(name + " is for " + protocols + " and matches " + match);
            }
        }
        if (backends.stream().map(Backend::group).distinct().count() != backends.size()) {
            throw new IllegalArgumentException(name + " names a group twice: " + backends);
        }
        destinations = destinations.stream().distinct().sorted().toList();
        sources = sources.stream().distinct().sorted().toList();
        sourcePorts = sourcePorts.stream().distinct().sorted().toList();
        destinationPorts = destinationPorts.stream().distinct().sorted().toList();
        protocols = Collections.unmodifiableSet(EnumSet.copyOf(protocols));
        byteMatches = List.copyOf(byteMatches);
        backends = List.copyOf(backends);
    }

    /** A flow that matches no bytes. */
    public Flow(
            String name,
            int priority,
            List<IpPrefix> destinations,
            List<IpPrefix> sources,
            List<PortRange> sourcePorts,
            List<PortRange> destinationPorts,
            Set<Protocol> protocols,
            List<Backend> backends) {
        this(name, priority, destinations, sources, sourcePorts, destinationPorts, protocols, List.of(), backends);
    }

    /** The same packets, of other destinations and for other backends. */
    public Flow to(String otherName, List<IpPrefix> otherDestinations, List<Backend> otherBackends) {
        return new Flow(
                otherName,
                priority,
                otherDestinations,
                sources,
                sourcePorts,
                destinationPorts,
                protocols,
                byteMatches,
                otherBackends);
    }
}
