// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to watch: the objects of one kind, narrowed by namespace, labels and fields. Two watches may share a kind (the
 * pods of this node, the pods of this Gateway).
 *
 * @param kind fabric8 model class, or a custom resource class that carries its group and version
 * @param namespace null for all namespaces, and for kinds without namespaces
 * @param labelSelector in the API's text form ({@code a=b,c in (d,e)}), empty for all
 * @param fields field selector by equality, for example {@code spec.nodeName → node-a}; empty for all
 * @param optional whether a kind that the API server does not know counts as an empty list instead of as not synced
 * @param trim see {@link Trim}
 */
public record Watched<T extends HasMetadata>(
        Class<T> kind,
        @Nullable String namespace,
        String labelSelector,
        Map<String, String> fields,
        boolean optional,
        Trim<? super T> trim) {
    public Watched {
        fields = Map.copyOf(fields);
    }

    /** All objects of a kind in all namespaces, without managedFields. */
    public static <T extends HasMetadata> Watched<T> everywhere(Class<T> kind) {
        return new Watched<>(kind, null, "", Map.of(), false, Trim.metadata());
    }

    /** All objects of a kind in one namespace, without managedFields. */
    public static <T extends HasMetadata> Watched<T> in(String namespace, Class<T> kind) {
        return new Watched<>(kind, namespace, "", Map.of(), false, Trim.metadata());
    }

    public Watched<T> withLabels(String selector) {
        return new Watched<>(kind, namespace, selector, fields, optional, trim);
    }

    public Watched<T> withField(String path, String value) {
        return new Watched<>(kind, namespace, labelSelector, Map.of(path, value), optional, trim);
    }

    public Watched<T> ifServed() {
        return new Watched<>(kind, namespace, labelSelector, fields, true, trim);
    }

    public Watched<T> trimmedBy(Trim<? super T> other) {
        return new Watched<>(kind, namespace, labelSelector, fields, optional, other);
    }

    /** For logs and metrics: {@code Pod[spec.nodeName=node-a]}. */
    public String name() {
        StringBuilder name = new StringBuilder(kind.getSimpleName());
        String narrowed = labelSelector + (fields.isEmpty() ? "" : fields.toString());
        if (namespace != null || !narrowed.isEmpty()) {
            name.append('[')
                    .append(namespace == null ? "" : namespace + " ")
                    .append(narrowed)
                    .append(']');
        }
        return name.toString();
    }
}
