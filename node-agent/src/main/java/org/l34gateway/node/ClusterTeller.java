// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.runtime.write.ClusterWriter;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.Written;

/**
 * Writes what node-agent has to say: one condition of a pod, and the node's report.
 *
 * @param bootId of the running kernel
 * @param version of this process
 */
record ClusterTeller(ClusterWriter writer, InstantSource clock, String bootId, String version) {
    private static final FieldManager MANAGER = new FieldManager("l34-node-agent");

    /** RFC 3339, whole seconds. */
    String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Writes this one condition and nothing else of the pod; refused when another pod has the name by now. */
    Written<Pod> condition(PodFacts pod, PodCondition condition) {
        Pod patch = new PodBuilder()
                .withNewMetadata()
                .withNamespace(pod.namespace())
                .withName(pod.name())
                .withUid(pod.uid())
                .endMetadata()
                .withNewStatus()
                .withConditions(condition)
                .endStatus()
                .build();
        return writer.applyStatus(patch, MANAGER, true);
    }

    /** Writes the node's report; it goes when the Node goes. */
    Written<NodeReport> report(Node node, List<NodeReportSpec.PodReport> pods) {
        NodeReport report = new NodeReport();
        report.getMetadata().setName(node.getMetadata().getName());
        report.getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(node.getMetadata().getName())
                        .withUid(node.getMetadata().getUid())
                        .build()));
        report.setSpec(new NodeReportSpec(bootId, now(), version, pods));
        return writer.apply(report, MANAGER, true);
    }
}
