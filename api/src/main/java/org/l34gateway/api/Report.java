// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import org.jspecify.annotations.Nullable;

/** Parts that NodeReport and GatewayReport share. */
public final class Report {
    private Report() {}

    /** A namespaced object that a report speaks of, with the UID that it had. */
    public record ObjectRef(String namespace, String name, String uid) {}

    /**
     * Something that could not be done, for the condition of the object it belongs to.
     *
     * @param kind kind of the object, for example GatewayRouter
     * @param namespace of the object
     * @param name of the object
     * @param reason CamelCase, as in conditions
     * @param message one sentence for a person
     */
    public record Problem(String kind, @Nullable String namespace, String name, String reason, String message) {}
}
