// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.Names;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * A pod of a Gateway that has not ended, with its report.
 *
 * @param pod the pod
 * @param report written by this pod, not by an earlier one of its name; null before it has written any
 */
public record GatewayPod(Pod pod, @Nullable GatewayReport report) {
    /**
     * Those of a Gateway, by name.
     *
     * @param pods of the Gateway's namespace, sorted by name
     */
    public static List<GatewayPod> of(Report.ObjectRef gateway, List<Pod> pods, List<GatewayReport> reports) {
        Map<String, GatewayReport> byPod = new HashMap<>();
        for (GatewayReport report : reports) {
            if (report.getMetadata().getNamespace().equals(gateway.namespace())
                    && report.getSpec().gateway().uid().equals(gateway.uid())) {
                byPod.put(report.getSpec().podUID(), report);
            }
        }
        List<GatewayPod> gatewayPods = new ArrayList<>();
        for (Pod pod : pods) {
            Map<String, String> labels = pod.getMetadata().getLabels();
            String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
            boolean ended = "Failed".equals(phase) || "Succeeded".equals(phase);
            if (!ended && labels != null && gateway.name().equals(labels.get(Names.GATEWAY_LABEL))) {
                gatewayPods.add(new GatewayPod(pod, byPod.get(pod.getMetadata().getUid())));
            }
        }
        return gatewayPods;
    }

    public String uid() {
        return pod.getMetadata().getUid();
    }

    public String name() {
        return pod.getMetadata().getName();
    }

    /** Whether the pod says that it runs the wanted program. */
    public boolean programmed() {
        return report != null && report.getSpec().programmed();
    }

    /** Whether the pod says that it reaches too few targets, and took itself out. */
    public boolean isolated() {
        return report != null && report.getSpec().isolated();
    }

    /** Targets that do not answer the pod's own probes. */
    public List<GatewayReportSpec.Unreachable> unreachable() {
        return report == null ? List.of() : report.getSpec().unreachable();
    }

    /** Families in which application pods send answers through this pod (design, decision 10). */
    Set<IpFamily> nextHopFamilies() {
        Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        if (programmed() && !isolated()) {
            spec().defaultRoutes()
                    .forEach(family -> families.add(family.equals("IPv4") ? IpFamily.IPV4 : IpFamily.IPV6));
        }
        return families;
    }

    /** VIPs whose answers the pod carries outside. */
    Set<IpPrefix> answers() {
        return report == null ? Set.of() : new TreeSet<>(ReportText.prefixes(spec().answerVIPs()));
    }

    private GatewayReportSpec spec() {
        if (report == null) {
            throw new IllegalStateException("pod " + name() + " has not reported");
        }
        return report.getSpec();
    }
}
