// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Names;

/**
 * The difference between wanted and present slices of one Service.
 *
 * @param writes in the order of the layout, the same for everybody who writes, so that of two writers one fails at the
 *     first slice; with the resourceVersion that they follow on, none for slices that are not there yet
 * @param deletions surplus slices
 */
public record SlicePlan(List<EndpointSlice> writes, List<EndpointSlice> deletions) {
    public SlicePlan {
        writes = List.copyOf(writes);
        deletions = List.copyOf(deletions);
    }

    public static SlicePlan decide(List<EndpointSlice> wanted, List<EndpointSlice> present) {
        Map<String, EndpointSlice> there = new HashMap<>();
        present.forEach(slice -> there.put(slice.getMetadata().getName(), slice));
        List<EndpointSlice> writes = new ArrayList<>();
        for (EndpointSlice slice : wanted) {
            @Nullable EndpointSlice old = there.remove(slice.getMetadata().getName());
            if (old == null) {
                writes.add(slice);
            } else if (!same(old, slice)) {
                writes.add(after(slice, old));
            }
        }
        List<EndpointSlice> surplus = present.stream()
                .filter(slice -> there.containsKey(slice.getMetadata().getName()))
                .toList();
        return new SlicePlan(writes, surplus);
    }

    /** The slice as what follows on {@code old}: it is refused when the present one is another. */
    public static EndpointSlice after(EndpointSlice slice, EndpointSlice old) {
        return new EndpointSliceBuilder(slice)
                .editMetadata()
                .withResourceVersion(old.getMetadata().getResourceVersion())
                .endMetadata()
                .build();
    }

    /** What makes it a slice of its Service and never changes; without targets. */
    public static EndpointSlice bare(EndpointSlice slice) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(slice.getMetadata().getNamespace())
                .withName(slice.getMetadata().getName())
                .withLabels(slice.getMetadata().getLabels())
                .endMetadata()
                .withAddressType(slice.getAddressType())
                .build();
    }

    /** What we write, and nothing that others may add. */
    private static boolean same(EndpointSlice old, EndpointSlice wanted) {
        Map<String, String> annotations =
                Objects.requireNonNullElse(old.getMetadata().getAnnotations(), Map.of());
        Map<String, String> labels =
                Objects.requireNonNullElse(old.getMetadata().getLabels(), Map.of());
        return Objects.equals(
                        annotations.get(Names.TARGETS_ANNOTATION),
                        wanted.getMetadata().getAnnotations().get(Names.TARGETS_ANNOTATION))
                && labels.entrySet()
                        .containsAll(wanted.getMetadata().getLabels().entrySet())
                && old.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> owner.getUid()
                                .equals(wanted.getMetadata()
                                        .getOwnerReferences()
                                        .getFirst()
                                        .getUid()))
                && Objects.equals(old.getAddressType(), wanted.getAddressType())
                && Objects.requireNonNullElse(old.getEndpoints(), List.of()).equals(wanted.getEndpoints());
    }
}
