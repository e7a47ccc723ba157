// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import java.util.List;

/**
 * Drops what nobody reads from an object that was just parsed, before it is kept. It may change the object, which
 * nobody else has seen yet.
 */
@FunctionalInterface
public interface Trim<T extends HasMetadata> {
    void trim(T parsed);

    /** Drops managedFields and kubectl's copy of the whole object: half of a typical object's size. */
    static <T extends HasMetadata> Trim<T> metadata() {
        return parsed -> {
            parsed.getMetadata().setManagedFields(List.of());
            if (parsed.getMetadata().getAnnotations() != null) {
                parsed.getMetadata().getAnnotations().remove("kubectl.kubernetes.io/last-applied-configuration");
            }
        };
    }

    /**
     * Of a pod keeps metadata (see {@link #metadata()}), {@code nodeName}, {@code hostNetwork}, readiness gates, service
     * account, and status without the containers' states. Such a pod must never be written back.
     */
    static Trim<Pod> podSkeleton() {
        Trim<Pod> metadata = metadata();
        return pod -> {
            metadata.trim(pod);
            if (pod.getSpec() != null) {
                pod.setSpec(skeleton(pod.getSpec()));
            }
            if (pod.getStatus() != null) {
                pod.getStatus().setContainerStatuses(List.of());
                pod.getStatus().setInitContainerStatuses(List.of());
                pod.getStatus().setEphemeralContainerStatuses(List.of());
            }
        };
    }

    private static PodSpec skeleton(PodSpec full) {
        return new PodSpecBuilder()
                .withNodeName(full.getNodeName())
                .withHostNetwork(full.getHostNetwork())
                .withReadinessGates(full.getReadinessGates())
                .withServiceAccountName(full.getServiceAccountName())
                .build();
    }
}
