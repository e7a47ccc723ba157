// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.api.model.Node;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.node.NodeView.PodView;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Held;
import org.l34gateway.node.plan.Trouble;
import org.l34gateway.runtime.write.Events;

/**
 * What a run found and did, for the cluster to be told.
 *
 * @param pods whose condition is this node's to say
 * @param refused events about pods that have nothing of a Gateway and never will
 * @param known UIDs of all pods that were looked at; what is remembered of others is forgotten
 * @param node this node; null while the API server does not know it
 * @param report what its report should list
 * @param lastReport what it lists in the cluster
 */
record NodeNews(
        List<PodNews> pods,
        List<Events.Notice> refused,
        Set<String> known,
        @Nullable Node node,
        List<NodeReportSpec.PodReport> report,
        List<NodeReportSpec.PodReport> lastReport) {
    NodeNews {
        pods = List.copyOf(pods);
        refused = List.copyOf(refused);
        known = Set.copyOf(known);
        report = List.copyOf(report);
        lastReport = List.copyOf(lastReport);
    }

    /**
     * One pod.
     *
     * @param sandbox name of its sandbox; empty while none is found
     * @param held what it holds, by Gateway
     * @param troubles what kept it from holding what it should
     */
    record PodNews(PodView pod, String sandbox, Map<AttachmentKey, Held> held, List<Trouble> troubles) {
        PodNews {
            held = Map.copyOf(held);
            troubles = List.copyOf(troubles);
        }
    }
}
