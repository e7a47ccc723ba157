// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.workload;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The difference between the wanted objects of all Gateways and those of ours that are there.
 *
 * @param changes in the order in which they are to be applied
 * @param deletions objects of ours that no Gateway wants any more
 */
public record WorkloadPlan(List<Change> changes, List<HasMetadata> deletions) {
    /** Annotation of applied objects: hash of what was wanted, so that a field that is no longer wanted is noticed. */
    static final String WANTED_ANNOTATION = "l-3-4-gateway-api-poc/wanted";

    public WorkloadPlan {
        changes = List.copyOf(changes);
        deletions = List.copyOf(deletions);
    }

    /**
     * One object to apply.
     *
     * @param ours whether it is there and ours: only then may fields be taken from other writers
     */
    public record Change(HasMetadata object, boolean ours) {
        /** Whose object it is. */
        public Key key() {
            return Key.of(object);
        }
    }

    /**
     * Decides.
     *
     * @param wanted of all Gateways that can be carried out
     * @param kept {@link WorkloadName}s of Gateways whose objects stay as they are
     * @param present objects with the {@link GatewayWorkload#WORKLOAD_LABEL}
     */
    public static WorkloadPlan decide(List<HasMetadata> wanted, Set<Key> kept, List<? extends HasMetadata> present) {
        Map<String, HasMetadata> there = new HashMap<>();
        present.forEach(object -> there.put(key(object), object));
        List<Change> changes = new ArrayList<>();
        List<HasMetadata> deletions = new ArrayList<>();
        Set<String> wantedKeys = new HashSet<>();
        for (HasMetadata object : wanted) {
            wantedKeys.add(key(object));
            HasMetadata stamped = stamped(object);
            @Nullable HasMetadata old = there.get(key(object));
            if (old == null) {
                changes.add(new Change(stamped, false));
            } else if (!sameRole(old, object)) {
                // A binding's role cannot be changed; the next run makes the binding anew.
                deletions.add(old);
            } else if (!upToDate(old, stamped)) {
                changes.add(new Change(stamped, true));
            }
        }
        for (HasMetadata object : present) {
            if (!wantedKeys.contains(key(object)) && !kept.contains(Key.of(object))) {
                deletions.add(object);
            }
        }
        return new WorkloadPlan(changes, deletions);
    }

    /**
     * Whose object it is.
     *
     * @param namespace of the Gateway
     * @param workload {@link WorkloadName#of} its name
     */
    public record Key(String namespace, String workload) {
        static Key of(HasMetadata object) {
            String workload = object.getMetadata().getLabels().getOrDefault(GatewayWorkload.WORKLOAD_LABEL, "");
            String namespace = object instanceof ClusterRoleBinding binding
                    ? binding.getSubjects().stream()
                            .map(subject -> subject.getNamespace())
                            .findFirst()
                            .orElse("")
                    : object.getMetadata().getNamespace();
            return new Key(namespace, workload);
        }
    }

    private static boolean upToDate(HasMetadata old, HasMetadata wanted) {
        return old.getMetadata().getAnnotations() != null
                && Objects.equals(
                        old.getMetadata().getAnnotations().get(WANTED_ANNOTATION),
                        wanted.getMetadata().getAnnotations().get(WANTED_ANNOTATION))
                && Covering.covers(old, wanted);
    }

    private static HasMetadata stamped(HasMetadata object) {
        Map<String, String> annotations = new HashMap<>();
        if (object.getMetadata().getAnnotations() != null) {
            annotations.putAll(object.getMetadata().getAnnotations());
        }
        annotations.put(WANTED_ANNOTATION, WorkloadName.hash(Covering.text(object)));
        // The object was made for this plan and is in no cache.
        object.getMetadata().setAnnotations(annotations);
        return object;
    }

    private static boolean sameRole(HasMetadata old, HasMetadata wanted) {
        return switch (wanted) {
            case RoleBinding binding
            when old instanceof RoleBinding before -> binding.getRoleRef().equals(before.getRoleRef());
            case ClusterRoleBinding binding
            when old instanceof ClusterRoleBinding before ->
                binding.getRoleRef().equals(before.getRoleRef());
            default -> true;
        };
    }

    private static String key(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                + object.getMetadata().getName();
    }
}
