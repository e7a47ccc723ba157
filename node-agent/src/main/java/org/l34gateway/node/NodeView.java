// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.api.Report;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.attachments.PodAttachments;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Carriers;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.routing.Cluster;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.NextHops;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.write.Events;

/**
 * What one snapshot says about this node's pods.
 *
 * @param pods all pods of the node that have a network of their own
 * @param refused about pods of the node that a Gateway can have nothing in
 * @param gateways the Gateways of ours that exist
 * @param vouchers of the Gateways that want something of a pod: next hops and the reports that make them so
 * @param carriers who may still send packets to a pod
 * @param node this node; null while the API server does not know it
 * @param lastReport pods of the report that stands in the cluster
 */
record NodeView(
        List<PodView> pods,
        List<Events.Notice> refused,
        Map<AttachmentKey, GatewayDecision> gateways,
        Map<Report.ObjectRef, SortedMap<IpAddress, SortedSet<String>>> vouchers,
        Carriers carriers,
        @Nullable Node node,
        List<NodeReportSpec.PodReport> lastReport) {
    /**
     * A pod and what Gateways want of it.
     *
     * @param version the pod's resourceVersion
     */
    record PodView(PodFacts facts, String version, List<Attachment> attachments) {}

    static NodeView of(Snapshot snapshot, String nodeName) {
        List<GatewayDecision> decisions = GatewayDecision.all(new Cluster(
                snapshot.all(GatewayClass.class),
                snapshot.all(Gateway.class),
                snapshot.all(L34Route.class),
                List.of(),
                snapshot.all(Service.class)));
        List<GatewayReport> reports = snapshot.all(GatewayReport.class).stream()
                .filter(NodeView::isReadable)
                .toList();
        List<Pod> gatewayPods = snapshot.all(Pod.class).stream()
                .filter(pod -> pod.getMetadata().getLabels() != null)
                .filter(pod -> pod.getMetadata().getLabels().containsKey(Names.GATEWAY_LABEL))
                .toList();
        Map<Report.ObjectRef, SortedMap<IpAddress, SortedSet<String>>> vouchers = new HashMap<>();
        List<PodView> pods = new ArrayList<>();
        List<Events.Notice> refused = new ArrayList<>();
        for (Pod pod : snapshot.all(Pod.class)) {
            if (isHere(pod, nodeName) && PodAttachments.isInHostNetwork(pod)) {
                SortedSet<String> missed = PodAttachments.missedInHostNetwork(pod, decisions);
                if (!missed.isEmpty() && !PodFacts.of(pod).leaving()) {
                    refused.add(refusal(pod, missed));
                }
            } else if (isHere(pod, nodeName)) {
                List<Attachment> attachments = PodAttachments.of(
                        pod,
                        pod.getMetadata().getNamespace(),
                        decisions,
                        gateway -> new TreeSet<>(
                                vouchers.computeIfAbsent(gateway, g -> NextHops.vouchers(g, reports, gatewayPods))
                                        .keySet()));
                pods.add(new PodView(PodFacts.of(pod), pod.getMetadata().getResourceVersion(), attachments));
            }
        }
        Map<AttachmentKey, GatewayDecision> gateways = new HashMap<>();
        decisions.forEach(decision -> gateways.put(AttachmentKey.of(decision.ref()), decision));
        return new NodeView(
                pods,
                refused,
                gateways,
                vouchers,
                Carriers.of(reports, gatewayPods),
                snapshot.find(Node.class, "", nodeName).orElse(null),
                snapshot.find(NodeReport.class, "", nodeName)
                        .map(NodeView::podsOf)
                        .orElse(List.of()));
    }

    /** The same, as if no Gateway wanted anything of any pod. */
    NodeView detached() {
        return new NodeView(
                pods.stream()
                        .map(pod -> new PodView(pod.facts(), pod.version(), List.of()))
                        .toList(),
                List.of(),
                gateways,
                vouchers,
                carriers,
                node,
                lastReport);
    }

    private static boolean isHere(Pod pod, String nodeName) {
        return pod.getSpec() != null && nodeName.equals(pod.getSpec().getNodeName());
    }

    private static Events.Notice refusal(Pod pod, SortedSet<String> gateways) {
        return new Events.Notice(
                pod,
                Events.Severity.WARNING,
                "Attach",
                "HostNetwork",
                "the pod is in the host's network, which VIPs are kept out of: it gets no traffic of Gateway "
                        + String.join(", ", gateways));
    }

    /** A report that nobody can read says nothing; the pod that wrote it counts as one without a report. */
    @SuppressWarnings("ConstantValue") // JSON gives null for what is missing
    private static boolean isReadable(GatewayReport report) {
        GatewayReportSpec spec = report.getSpec();
        if (spec == null || spec.gateway() == null || spec.podUID() == null) {
            return false;
        }
        try {
            spec.addresses().forEach(IpAddress::parse);
            spec.targets().forEach(target -> target.vips().forEach(IpPrefix::parse));
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static List<NodeReportSpec.PodReport> podsOf(NodeReport report) {
        return report.getSpec() == null ? List.of() : report.getSpec().pods();
    }

    /** Addresses of a Gateway's pods that run without a report. */
    Set<IpAddress> silentHops(Report.ObjectRef gateway) {
        GatewayDecision decision = gateways.get(AttachmentKey.of(gateway));
        return decision == null
                ? Set.of()
                : carriers.silentAddresses(gateway.namespace(), gateway.name(), decision.networks());
    }

    /** The reports by which an address is a next hop of Gateways that want something of a pod; maybe none. */
    Set<String> vouchersFor(IpAddress hop, List<Attachment> attachments) {
        Set<String> all = new TreeSet<>();
        for (Attachment attachment : attachments) {
            if (attachment instanceof Attachment.Wanted(var gateway, var _, var _)) {
                all.addAll(vouchers.getOrDefault(gateway, new TreeMap<>()).getOrDefault(hop, new TreeSet<>()));
            }
        }
        return all;
    }

    /** The Gateway's name; empty when it is gone. */
    String nameOf(AttachmentKey key) {
        GatewayDecision decision = gateways.get(key);
        return decision == null ? "" : decision.ref().name();
    }
}
