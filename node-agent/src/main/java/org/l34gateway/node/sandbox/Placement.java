// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

/** Where a pod's sandbox is. */
public sealed interface Placement {
    /** Found. */
    record Found(Sandbox sandbox) implements Placement {}

    /**
     * Not found.
     *
     * @param why one sentence for a person
     */
    record Missing(String why) implements Placement {}
}
