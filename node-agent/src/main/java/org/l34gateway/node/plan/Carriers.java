// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.routing.PodNetworks;

/**
 * Which gateway pods may still send packets for a VIP to a pod. Only a report that leaves the pair out says no; a
 * gateway pod without a report may do anything.
 */
public final class Carriers {
    private record Pair(String podUid, IpPrefix vip) {}

    private final Set<Pair> carried;
    /** Gateway pods that run but have written no report, by namespace. */
    private final Map<String, List<Pod>> silent;

    private Carriers(Set<Pair> carried, Map<String, List<Pod>> silent) {
        this.carried = carried;
        this.silent = silent;
    }

    /**
     * Of all namespaces.
     *
     * @param gatewayPods pods with {@link Names#GATEWAY_LABEL}; finished ones count for nothing
     */
    public static Carriers of(List<GatewayReport> reports, List<Pod> gatewayPods) {
        Map<String, GatewayReport> byPod = new HashMap<>();
        reports.forEach(report -> byPod.put(report.getSpec().podUID(), report));
        Set<Pair> carried = new HashSet<>();
        Map<String, List<Pod>> silent = new HashMap<>();
        for (Pod pod : gatewayPods) {
            if (isFinished(pod)) {
                continue;
            }
            @Nullable GatewayReport report = byPod.get(pod.getMetadata().getUid());
            if (report == null) {
                silent.computeIfAbsent(pod.getMetadata().getNamespace(), _ -> new ArrayList<>())
                        .add(pod);
            } else {
                report.getSpec()
                        .targets()
                        .forEach(target -> target.vips()
                                .forEach(vip -> carried.add(new Pair(target.podUID(), IpPrefix.parse(vip)))));
            }
        }
        return new Carriers(carried, silent);
    }

    /** Whether a pod has ended for good. */
    static boolean isFinished(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Failed".equals(phase) || "Succeeded".equals(phase);
    }

    /**
     * Whether some gateway pod may send packets for the VIP to the pod.
     *
     * @param namespace of the pod
     * @param gatewayName narrows the pods without report to those of this Gateway; empty when it is not known any more
     */
    public boolean mayCarry(String namespace, String gatewayName, String podUid, IpPrefix vip) {
        return carried.contains(new Pair(podUid, vip))
                || silent.getOrDefault(namespace, List.of()).stream()
                        .anyMatch(pod -> gatewayName.isEmpty() || gatewayName.equals(gatewayOf(pod)));
    }

    /**
     * Addresses of the Gateway's pods that run but have written no report: whoever is a next hop already stays one.
     *
     * @param networks on which the Gateway reaches its targets
     */
    public Set<IpAddress> silentAddresses(String namespace, String gatewayName, NetworkSelection networks) {
        Set<IpAddress> addresses = new HashSet<>();
        for (Pod pod : silent.getOrDefault(namespace, List.of())) {
            if (gatewayName.equals(gatewayOf(pod))) {
                try {
                    addresses.addAll(PodNetworks.addresses(networks, pod));
                } catch (FormatException _) {
                    // Multus wrote what nobody can read: this pod's addresses are not known, so it keeps none.
                }
            }
        }
        return addresses;
    }

    private static @Nullable String gatewayOf(Pod pod) {
        return pod.getMetadata().getLabels() == null
                ? null
                : pod.getMetadata().getLabels().get(Names.GATEWAY_LABEL);
    }
}
