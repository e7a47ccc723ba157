// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.runtime.write.Written;

/**
 * Pods and EndpointSlices as an API server keeps them: one resourceVersion for everything, and every write is refused
 * that does not follow on what is there. All that ever was can be looked at, as watches that are behind do.
 */
final class MemoryCluster {
    /** What an object was from a version on; null from its deletion on. */
    record Version<T>(long at, @Nullable T object) {}

    private final Map<String, List<Version<EndpointSlice>>> slices = new TreeMap<>();
    private final Map<String, List<Version<Pod>>> pods = new TreeMap<>();
    private long version = 1;

    long version() {
        return version;
    }

    /** By name, each from its first version to its newest. */
    Map<String, List<Version<EndpointSlice>>> sliceHistory() {
        return slices;
    }

    List<EndpointSlice> slicesAt(long when) {
        return at(slices, when);
    }

    List<Pod> podsAt(long when) {
        return at(pods, when);
    }

    void put(Pod pod) {
        note(pods, pod.getMetadata().getName(), pod);
    }

    void remove(Pod pod) {
        note(pods, pod.getMetadata().getName(), null);
    }

    Written<EndpointSlice> create(EndpointSlice slice) {
        if (present(slice) != null) {
            return new Written.Conflict<>("there already");
        }
        return new Written.Done<>(store(slice, "uid-of-slice-" + version));
    }

    /** Server-side apply by the only manager that there is. */
    Written<EndpointSlice> apply(EndpointSlice slice) {
        EndpointSlice old = present(slice);
        String follows = slice.getMetadata().getResourceVersion();
        if (follows != null && (old == null || !follows.equals(old.getMetadata().getResourceVersion()))) {
            return new Written.Conflict<>("moved on");
        }
        return new Written.Done<>(store(
                slice,
                old == null ? "uid-of-slice-" + version : old.getMetadata().getUid()));
    }

    Written<EndpointSlice> delete(EndpointSlice slice) {
        EndpointSlice old = present(slice);
        if (old == null) {
            return new Written.NotFound<>("gone");
        }
        if (!Objects.equals(
                old.getMetadata().getResourceVersion(), slice.getMetadata().getResourceVersion())) {
            return new Written.Conflict<>("moved on");
        }
        note(slices, slice.getMetadata().getName(), null);
        return new Written.Done<>(old);
    }

    private EndpointSlice store(EndpointSlice slice, String uid) {
        EndpointSlice stored = new EndpointSliceBuilder(slice)
                .editMetadata()
                .withUid(uid)
                .withResourceVersion(Long.toString(version + 1))
                .endMetadata()
                .build();
        note(slices, stored.getMetadata().getName(), stored);
        return stored;
    }

    private @Nullable EndpointSlice present(EndpointSlice slice) {
        List<Version<EndpointSlice>> history = slices.get(slice.getMetadata().getName());
        return history == null ? null : history.getLast().object();
    }

    private <T> void note(Map<String, List<Version<T>>> histories, String name, @Nullable T object) {
        histories.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Version<>(++version, object));
    }

    private static <T extends HasMetadata> List<T> at(Map<String, List<Version<T>>> histories, long when) {
        List<T> objects = new ArrayList<>();
        for (List<Version<T>> history : histories.values()) {
            for (Version<T> each : history.reversed()) {
                if (each.at() <= when) {
                    if (each.object() != null) {
                        objects.add(each.object());
                    }
                    break;
                }
            }
        }
        return objects;
    }
}
