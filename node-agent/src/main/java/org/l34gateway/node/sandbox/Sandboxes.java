// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.node.plan.Target;

/**
 * The sandboxes of this node's pods. Every method that touches one throws {@link SandboxRefused} when that can not
 * be done now, and may be called by several threads at once for different sandboxes; the others may not.
 */
public interface Sandboxes {
    /** Reads the attachment records anew; what the other methods say about them is of this moment. */
    void look();

    /** Whether a record of the pod is there, in whatever sandbox. */
    boolean hasRecords(PodFacts pod);

    /**
     * Finds the sandbox of a pod: by its records, else by its addresses among the runtime's namespaces.
     *
     * @param adopt whether a pod without records is searched for
     */
    Placement find(PodFacts pod, boolean adopt);

    /** Reads what a sandbox holds. */
    Reading read(Sandbox sandbox);

    /**
     * Makes a sandbox hold exactly this of the Gateways named, under the sandbox's lock; the others' attachments stay.
     *
     * @param before as it was read last: rules in it stay until their VIPs are gone
     */
    Applied apply(PodFacts pod, Sandbox sandbox, SortedMap<AttachmentKey, Target> targets, Reading before);

    /**
     * Drops records of an earlier boot, and records of pods that are gone together with their namespace.
     *
     * @param present the node's pods
     * @return what was dropped, one phrase each
     */
    List<String> collectGarbage(Collection<PodFacts> present);
}
