// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.NodeReport;
import org.l34gateway.routing.Cluster;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.runtime.snapshot.Snapshot;

/**
 * One snapshot, with what follows from it for all Gateways.
 *
 * @param decisions about Gateways of ours
 * @param nodes by name
 * @param nodeReports by node name
 * @param staleNodes nodes whose report is not of this boot, or has not been renewed for long
 * @param staleReports UIDs of GatewayReports that have not been renewed for long
 */
record World(
        Snapshot snapshot,
        List<GatewayDecision> decisions,
        Map<String, Node> nodes,
        Map<String, NodeReport> nodeReports,
        Set<String> staleNodes,
        Set<String> staleReports) {

    static World of(Snapshot snapshot, Freshness freshness, long now) {
        Cluster cluster = new Cluster(
                snapshot.all(GatewayClass.class),
                snapshot.all(Gateway.class),
                snapshot.all(L34Route.class),
                snapshot.all(GatewayRouter.class),
                snapshot.all(Service.class));
        Map<String, Node> nodes = new HashMap<>();
        snapshot.all(Node.class).forEach(node -> nodes.put(node.getMetadata().getName(), node));
        Map<String, NodeReport> nodeReports = new HashMap<>();
        Set<String> staleNodes = new HashSet<>();
        Set<String> uids = new HashSet<>();
        for (NodeReport report : snapshot.all(NodeReport.class)) {
            String name = report.getMetadata().getName();
            uids.add(report.getMetadata().getUid());
            nodeReports.put(name, report);
            boolean old = freshness.stale(
                    report.getMetadata().getUid(), report.getSpec().observedAt(), now);
            if (old || !ofThisBoot(report, nodes)) {
                staleNodes.add(name);
            }
        }
        Set<String> staleReports = new HashSet<>();
        for (GatewayReport report : snapshot.all(GatewayReport.class)) {
            String uid = report.getMetadata().getUid();
            uids.add(uid);
            if (freshness.stale(uid, report.getSpec().observedAt(), now)) {
                staleReports.add(uid);
            }
        }
        freshness.keepOnly(uids);
        return new World(snapshot, GatewayDecision.all(cluster), nodes, nodeReports, staleNodes, staleReports);
    }

    /** Whether the node has a node-agent that reports. */
    boolean agentLives(String node) {
        return nodeReports.containsKey(node) && !staleNodes.contains(node);
    }

    private static boolean ofThisBoot(NodeReport report, Map<String, Node> nodes) {
        Node node = nodes.get(report.getMetadata().getName());
        return node != null
                && node.getStatus() != null
                && node.getStatus().getNodeInfo() != null
                && report.getSpec()
                        .bootID()
                        .equals(node.getStatus().getNodeInfo().getBootID());
    }
}
