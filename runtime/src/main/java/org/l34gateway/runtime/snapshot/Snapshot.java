// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the cluster said at one moment: per kind an unmodifiable list, sorted by namespace and name. Kinds are not from
 * one moment to the resourceVersion: a Pod may already be here whose Service is not.
 *
 * <p>The objects themselves are shared with later snapshots and with other readers. They must not be changed; fabric8's
 * model has setters, so whoever wants another version makes it with {@code new PodBuilder(pod)}.
 */
public final class Snapshot {
    private static final Comparator<HasMetadata> BY_NAME = Comparator.comparing(Snapshot::namespaceOf)
            .thenComparing(object -> object.getMetadata().getName());

    private final Map<Class<?>, List<? extends HasMetadata>> byKind;
    private final Map<Watched<?>, List<? extends HasMetadata>> byWatch;

    private Snapshot(
            Map<Class<?>, List<? extends HasMetadata>> byKind, Map<Watched<?>, List<? extends HasMetadata>> byWatch) {
        this.byKind = byKind;
        this.byWatch = byWatch;
    }

    /** For tests and tools: a snapshot of the given objects. */
    public static Snapshot of(HasMetadata... objects) {
        Map<Class<?>, List<HasMetadata>> grouped = new HashMap<>();
        Arrays.stream(objects)
                .sorted(BY_NAME)
                .forEach(object -> grouped.computeIfAbsent(object.getClass(), _ -> new ArrayList<>())
                        .add(object));
        Map<Class<?>, List<? extends HasMetadata>> byKind = new HashMap<>();
        grouped.forEach((kind, list) -> byKind.put(kind, Collections.unmodifiableList(list)));
        return new Snapshot(byKind, Map.of());
    }

    /** Lists must be sorted and unmodifiable; watches of one kind are merged, an object that is in two counts once. */
    static Snapshot ofWatches(Map<Watched<?>, List<? extends HasMetadata>> byWatch) {
        Map<Class<?>, List<List<? extends HasMetadata>>> lists = new LinkedHashMap<>();
        byWatch.forEach((watched, list) ->
                lists.computeIfAbsent(watched.kind(), _ -> new ArrayList<>()).add(list));
        Map<Class<?>, List<? extends HasMetadata>> byKind = new HashMap<>();
        lists.forEach((kind, several) -> byKind.put(kind, several.size() == 1 ? several.getFirst() : merged(several)));
        return new Snapshot(byKind, Map.copyOf(byWatch));
    }

    /** Every watched object of a kind, over all its watches; empty when the kind is not watched. */
    public <T extends HasMetadata> List<T> all(Class<T> kind) {
        return typed(byKind.getOrDefault(kind, List.of()));
    }

    /**
     * The objects of one watch.
     *
     * @throws IllegalArgumentException when this snapshot was not made from that watch
     */
    public <T extends HasMetadata> List<T> of(Watched<T> watched) {
        List<? extends HasMetadata> list = byWatch.get(watched);
        if (list == null) {
            throw new IllegalArgumentException("not watched: " + watched.name());
        }
        return typed(list);
    }

    /** The objects of a kind in one namespace. */
    public <T extends HasMetadata> List<T> in(String namespace, Class<T> kind) {
        List<T> all = all(kind);
        int from = firstAtOrAfter(all, namespace, "");
        int to = from;
        while (to < all.size() && namespaceOf(all.get(to)).equals(namespace)) {
            to++;
        }
        return all.subList(from, to);
    }

    /** One object of a kind; {@code namespace} is empty for kinds without namespaces. */
    public <T extends HasMetadata> Optional<T> find(Class<T> kind, String namespace, String name) {
        List<T> all = all(kind);
        int at = firstAtOrAfter(all, namespace, name);
        if (at == all.size()) {
            return Optional.empty();
        }
        T found = all.get(at);
        boolean same = namespaceOf(found).equals(namespace)
                && found.getMetadata().getName().equals(name);
        return same ? Optional.of(found) : Optional.empty();
    }

    static Comparator<HasMetadata> order() {
        return BY_NAME;
    }

    private static List<HasMetadata> merged(List<List<? extends HasMetadata>> several) {
        Map<String, HasMetadata> byUid = new HashMap<>();
        several.forEach(list -> list.forEach(object -> byUid.merge(
                Objects.requireNonNullElse(
                        object.getMetadata().getUid(),
                        namespaceOf(object) + "/" + object.getMetadata().getName()),
                object,
                Snapshot::newer)));
        return byUid.values().stream().sorted(BY_NAME).toList();
    }

    /** resourceVersions of one kind are numbers without a size limit; the longer one is the larger one. */
    private static HasMetadata newer(HasMetadata a, HasMetadata b) {
        String versionA = Objects.requireNonNullElse(a.getMetadata().getResourceVersion(), "");
        String versionB = Objects.requireNonNullElse(b.getMetadata().getResourceVersion(), "");
        int byLength = Integer.compare(versionA.length(), versionB.length());
        return (byLength != 0 ? byLength : versionA.compareTo(versionB)) >= 0 ? a : b;
    }

    private static int firstAtOrAfter(List<? extends HasMetadata> sorted, String namespace, String name) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            HasMetadata object = sorted.get(middle);
            int byNamespace = namespaceOf(object).compareTo(namespace);
            int order = byNamespace != 0
                    ? byNamespace
                    : object.getMetadata().getName().compareTo(name);
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static String namespaceOf(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getNamespace(), "");
    }

    /** Lists are filled by kind, so the cast holds. */
    @SuppressWarnings("unchecked")
    private static <T extends HasMetadata> List<T> typed(List<? extends HasMetadata> list) {
        return (List<T>) list;
    }
}
