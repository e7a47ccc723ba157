// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.api.NetworkStatus;
import org.l34gateway.ip.IpAddress;

/** Where a pod is reached on a Gateway's networks, as Multus reports it. */
public final class PodNetworks {
    private PodNetworks() {}

    /**
     * Addresses of the pod on these networks, in the order of its network status. An element without namespace means
     * the pod's own; the interface is not compared.
     *
     * @throws FormatException when Multus' annotation on the pod cannot be read
     */
    public static List<IpAddress> addresses(NetworkSelection networks, Pod pod) throws FormatException {
        Map<String, String> annotations =
                Optional.ofNullable(pod.getMetadata().getAnnotations()).orElse(Map.of());
        NetworkStatus status = NetworkStatus.parse(annotations.get(Names.MULTUS_NETWORK_STATUS));
        List<String> names = networks.elements().stream()
                .map(element -> Optional.ofNullable(element.namespace())
                                .orElse(pod.getMetadata().getNamespace())
                        + "/" + element.name())
                .toList();
        List<IpAddress> addresses = new ArrayList<>();
        for (NetworkStatus.Entry entry : status.entries()) {
            if (names.contains(entry.name())) {
                for (String ip : entry.ips()) {
                    addresses.add(parse(ip));
                }
            }
        }
        return addresses;
    }

    private static IpAddress parse(String ip) throws FormatException {
        try {
            return IpAddress.parse(ip);
        } catch (IllegalArgumentException e) {
            throw new FormatException("network status: " + e.getMessage(), e);
        }
    }
}
