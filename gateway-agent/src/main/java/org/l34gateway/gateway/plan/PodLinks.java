// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.api.NetworkStatus;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.ip.IpAddress;

/**
 * The interfaces that this pod forwards between, by name; whether they are there is the kernel's to say.
 *
 * @param external towards routers: the interfaces that neighbours are on
 * @param internal towards targets: what Multus attached for the Gateway's networks
 * @param addresses that Multus gave the internal interfaces
 * @param problem why the internal side is not known; null when it is
 */
public record PodLinks(
        SortedSet<String> external,
        SortedSet<String> internal,
        SortedSet<IpAddress> addresses,
        @Nullable String problem) {
    /** No interfaces. */
    public static final PodLinks NONE = new PodLinks(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), null);

    public PodLinks {
        external = Collections.unmodifiableSortedSet(new TreeSet<>(external));
        internal = Collections.unmodifiableSortedSet(new TreeSet<>(internal));
        addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
    }

    static PodLinks of(NetworkSelection networks, List<BgpNeighbour> neighbours, @Nullable Pod self) {
        SortedSet<String> external = new TreeSet<>();
        neighbours.forEach(neighbour -> external.add(neighbour.link().text()));
        SortedSet<String> internal = new TreeSet<>();
        SortedSet<IpAddress> addresses = new TreeSet<>();
        if (self == null) {
            return new PodLinks(external, internal, addresses, "the API server does not show this pod yet");
        }
        try {
            for (NetworkStatus.Entry entry : status(self).entries()) {
                if (names(networks, self).contains(entry.name())
                        && !entry.interfaceName().isEmpty()) {
                    internal.add(entry.interfaceName());
                    entry.ips().forEach(ip -> addresses.add(IpAddress.parse(ip)));
                }
            }
        } catch (FormatException | IllegalArgumentException e) {
            return new PodLinks(external, internal, addresses, String.valueOf(e.getMessage()));
        }
        return new PodLinks(
                external,
                internal,
                addresses,
                internal.isEmpty() ? "this pod is attached to none of the Gateway's networks" : null);
    }

    /**
     * The addresses that Multus gave the internal interfaces and that the kernel has there. Sorted.
     *
     * @param present interface name → its usable addresses
     */
    public SortedSet<IpAddress> usable(Map<String, SortedSet<IpAddress>> present) {
        SortedSet<IpAddress> held = new TreeSet<>();
        internal.forEach(name -> held.addAll(present.getOrDefault(name, Collections.emptySortedSet())));
        held.retainAll(addresses);
        return held;
    }

    /**
     * The interface that packets leave by towards targets: the first by name that is there.
     *
     * @param present names of interfaces
     */
    public Optional<String> towardsTargets(Set<String> present) {
        return internal.stream().filter(present::contains).findFirst();
    }

    private static NetworkStatus status(Pod self) throws FormatException {
        Map<String, String> annotations = self.getMetadata().getAnnotations();
        return NetworkStatus.parse(annotations == null ? null : annotations.get(Names.MULTUS_NETWORK_STATUS));
    }

    /** {@code namespace/name}; an element without a namespace means the pod's own. */
    private static List<String> names(NetworkSelection networks, Pod self) {
        String own = self.getMetadata().getNamespace();
        return networks.elements().stream()
                .map(element -> Optional.ofNullable(element.namespace()).orElse(own) + "/" + element.name())
                .toList();
    }
}
