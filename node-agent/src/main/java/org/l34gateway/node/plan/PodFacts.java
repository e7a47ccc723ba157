// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodIP;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Names;
import org.l34gateway.ip.IpAddress;

/**
 * What matters of a pod of this node.
 *
 * @param addresses primary addresses as the kubelet reports them; empty before it did
 * @param leaving whether the pod is being deleted or has ended: it keeps what it has
 * @param gated whether the pod's readiness waits for {@link Names#ATTACHED_CONDITION}
 * @param condition the pod's present {@link Names#ATTACHED_CONDITION}, null when it has none
 */
public record PodFacts(
        String namespace,
        String name,
        String uid,
        SortedSet<IpAddress> addresses,
        boolean leaving,
        boolean gated,
        @Nullable PodCondition condition) {
    public PodFacts {
        addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
    }

    /** Reads a pod; a pod in the host's network has no addresses of its own. */
    public static PodFacts of(Pod pod) {
        boolean hostNetwork =
                pod.getSpec() != null && Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        return new PodFacts(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                hostNetwork ? new TreeSet<>() : addressesOf(pod),
                pod.getMetadata().getDeletionTimestamp() != null || Carriers.isFinished(pod),
                isGated(pod),
                conditionOf(pod));
    }

    /** For logs: {@code NAMESPACE/NAME}. */
    public String label() {
        return namespace + "/" + name;
    }

    /** Whether the pod's present condition says that it is attached. */
    public boolean saysAttached() {
        return condition != null && "True".equals(condition.getStatus());
    }

    private static SortedSet<IpAddress> addressesOf(Pod pod) {
        SortedSet<IpAddress> addresses = new TreeSet<>();
        if (pod.getStatus() != null) {
            for (PodIP ip : Optional.ofNullable(pod.getStatus().getPodIPs()).orElse(List.of())) {
                addresses.add(IpAddress.parse(ip.getIp()));
            }
        }
        return addresses;
    }

    private static boolean isGated(Pod pod) {
        return pod.getSpec() != null
                && pod.getSpec().getReadinessGates() != null
                && pod.getSpec().getReadinessGates().stream()
                        .anyMatch(gate -> Names.ATTACHED_CONDITION.equals(gate.getConditionType()));
    }

    private static @Nullable PodCondition conditionOf(Pod pod) {
        if (pod.getStatus() == null || pod.getStatus().getConditions() == null) {
            return null;
        }
        for (PodCondition condition : pod.getStatus().getConditions()) {
            if (Names.ATTACHED_CONDITION.equals(condition.getType())) {
                return condition;
            }
        }
        return null;
    }
}
