// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.util.List;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.api.NodeReport;
import org.l34gateway.runtime.snapshot.Trim;
import org.l34gateway.runtime.snapshot.Watched;

/**
 * What node-agent watches. Nothing of it grows with the cluster except Gateways, their routes, Services, pods and
 * reports.
 */
final class NodeWatches {
    private NodeWatches() {}

    /** For {@code ClusterWatch.start}: this node, its pods and its report; the Gateways and what belongs to them. */
    static List<Watched<?>> of(String nodeName) {
        Trim<Pod> skeleton = Trim.podSkeleton();
        return List.of(
                Watched.everywhere(Pod.class)
                        .withField("spec.nodeName", nodeName)
                        .trimmedBy(skeleton),
                Watched.everywhere(Pod.class).withLabels(Names.GATEWAY_LABEL).trimmedBy(skeleton),
                Watched.everywhere(Node.class)
                        .withField("metadata.name", nodeName)
                        .trimmedBy(NodeWatches::identityOnly),
                Watched.everywhere(NodeReport.class).withField("metadata.name", nodeName),
                Watched.everywhere(GatewayClass.class),
                Watched.everywhere(Gateway.class),
                Watched.everywhere(L34Route.class),
                Watched.everywhere(Service.class).withLabels(Names.GATEWAY_LABEL),
                Watched.everywhere(GatewayReport.class));
    }

    /** The kubelet writes a Node's status every few seconds; images and conditions are its bulk. */
    private static void identityOnly(Node node) {
        Trim.<Node>metadata().trim(node);
        node.setSpec(new NodeSpec());
        node.setStatus(new NodeStatus());
    }
}
