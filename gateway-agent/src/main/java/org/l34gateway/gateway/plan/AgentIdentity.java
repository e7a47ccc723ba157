// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Report;

/**
 * Which pod this is, and which Gateway it works for.
 *
 * @param namespace of the pod and of its Gateway
 * @param gatewayName the Gateway
 * @param gatewayUid the Gateway that the pod was made for; null takes whichever has the name
 * @param podName the pod
 * @param podUid the pod
 * @param nodeName where it runs
 */
public record AgentIdentity(
        String namespace,
        String gatewayName,
        @Nullable String gatewayUid,
        String podName,
        String podUid,
        String nodeName) {
    /** Whether the object with this UID is the Gateway that the pod was made for: a name may be used again. */
    boolean worksFor(Report.ObjectRef gateway) {
        return gateway.namespace().equals(namespace)
                && gateway.name().equals(gatewayName)
                && (gatewayUid == null || gatewayUid.equals(gateway.uid()));
    }

    /** The Gateway as reports name it when it is not there any more. */
    Report.ObjectRef gatewayThatIsGone() {
        return new Report.ObjectRef(namespace, gatewayName, gatewayUid == null ? "" : gatewayUid);
    }
}
