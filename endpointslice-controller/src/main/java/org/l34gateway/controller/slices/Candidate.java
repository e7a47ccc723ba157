// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.routing.PodNetworks;
import org.l34gateway.routing.ServiceDecision;

/**
 * A pod that a Service selects and that has not ended, as Kubernetes' own endpoints controller judges it.
 *
 * @param pod the pod
 * @param addresses on the Gateway's networks, sorted; empty until Multus has reported them
 * @param ready serving and not terminating, or the Service publishes what is not ready
 * @param serving the pod's Ready condition as its kubelet last knew it
 * @param terminating whether it is being deleted
 * @param problem why its addresses are not known; empty when nothing is wrong
 */
record Candidate(
        Pod pod, List<IpAddress> addresses, boolean ready, boolean serving, boolean terminating, String problem) {
    /** Older pods first: they keep their place when there are more than identifiers. */
    private static final Comparator<Pod> BY_AGE = Comparator.<Pod, String>comparing(
                    pod -> Objects.requireNonNullElse(pod.getMetadata().getCreationTimestamp(), ""))
            .thenComparing(pod -> pod.getMetadata().getName());

    Candidate {
        addresses = List.copyOf(addresses);
    }

    /**
     * Those of a Service, the oldest first.
     *
     * @param pods of the Service's namespace (D12)
     */
    static List<Candidate> of(ServiceDecision service, NetworkSelection networks, List<Pod> pods) {
        boolean publishAll = Boolean.TRUE.equals(service.service().getSpec().getPublishNotReadyAddresses());
        List<Candidate> candidates = new ArrayList<>();
        pods.stream()
                .filter(pod -> service.selects(
                        Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of())))
                .filter(pod -> !ended(pod))
                .sorted(BY_AGE)
                .forEach(pod -> candidates.add(of(pod, networks, publishAll)));
        return candidates;
    }

    private static Candidate of(Pod pod, NetworkSelection networks, boolean publishAll) {
        boolean serving = isReady(pod);
        boolean terminating = pod.getMetadata().getDeletionTimestamp() != null;
        boolean ready = publishAll || (serving && !terminating);
        try {
            List<IpAddress> addresses = PodNetworks.addresses(networks, pod).stream()
                    .distinct()
                    .sorted()
                    .toList();
            return new Candidate(pod, addresses, ready, serving, terminating, "");
        } catch (FormatException e) {
            return new Candidate(pod, List.of(), ready, serving, terminating, String.valueOf(e.getMessage()));
        }
    }

    String uid() {
        return pod.getMetadata().getUid();
    }

    /** {@code namespace/name} */
    String name() {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    List<IpAddress> addresses(IpFamily family) {
        return addresses.stream().filter(address -> address.family() == family).toList();
    }

    private static boolean ended(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Failed".equals(phase) || "Succeeded".equals(phase);
    }

    /**
     * What the kubelet says. It makes Ready from the containers' readiness and the gates; where those are good and Ready is
     * not, the node lifecycle controller has not heard of the node, which says nothing about its pods (docs/adr/0011).
     */
    private static boolean isReady(Pod pod) {
        return holds(pod, "Ready") || (holds(pod, "ContainersReady") && gatesHold(pod));
    }

    private static boolean gatesHold(Pod pod) {
        return pod.getSpec().getReadinessGates().stream().allMatch(gate -> holds(pod, gate.getConditionType()));
    }

    private static boolean holds(Pod pod, String condition) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(each -> condition.equals(each.getType()) && "True".equals(each.getStatus()));
    }
}
