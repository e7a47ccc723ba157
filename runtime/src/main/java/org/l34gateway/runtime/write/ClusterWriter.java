// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.write;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * Writes single objects by server-side apply. An object that is applied must hold exactly what its field manager wants:
 * what it left out since the last time is removed. With a resourceVersion in its metadata an apply is refused as
 * {@link Written.Conflict} when the object has moved on.
 *
 * <p>Every method throws {@link WritesForbidden} when this process may not write (it is not the leader), and
 * {@link io.fabric8.kubernetes.client.KubernetesClientException} on outages.
 */
public interface ClusterWriter {
    /**
     * Creates or changes the object, without its status.
     *
     * @param force takes fields from other managers instead of answering with a conflict
     */
    <T extends HasMetadata> Written<T> apply(T object, FieldManager manager, boolean force);

    /**
     * Creates the object, and is refused as {@link Written.Conflict} when there is one of that name. An apply cannot be
     * told to create only. The server counts creating and applying as two managers, so what is created here stays when a later
     * apply leaves it out: create only what never goes.
     */
    <T extends HasMetadata> Written<T> create(T object);

    /** As {@link #apply}, for the status subresource; only name, namespace and status of the object count. */
    <T extends HasMetadata> Written<T> applyStatus(T object, FieldManager manager, boolean force);

    /** Deletes exactly this object at exactly this resourceVersion, in the background; its dependents go with it. */
    <T extends HasMetadata> Written<T> delete(T object);
}
