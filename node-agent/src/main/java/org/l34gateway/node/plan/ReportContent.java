// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpAddress;

/** The NodeReport's content from what was read. Everything is sorted, so that equal states give equal reports. */
public final class ReportContent {
    private ReportContent() {}

    /**
     * One pod as it was found.
     *
     * @param sandbox name of its sandbox; empty when none was found
     * @param addresses primary addresses inside the sandbox
     * @param held by Gateway
     * @param troubles what kept it from holding what it should
     */
    public record PodState(
            PodFacts pod,
            String sandbox,
            SortedSet<IpAddress> addresses,
            Map<AttachmentKey, Held> held,
            List<Trouble> troubles) {
        public PodState {
            held = Map.copyOf(held);
            troubles = List.copyOf(troubles);
        }
    }

    /**
     * The pods that hold something, or should.
     *
     * @param gateways the Gateways that exist, by key; what a Gateway left behind that is gone has no UID
     */
    public static List<NodeReportSpec.PodReport> pods(
            Collection<PodState> states, Map<AttachmentKey, Report.ObjectRef> gateways) {
        List<NodeReportSpec.PodReport> pods = new ArrayList<>();
        for (PodState state : states) {
            List<NodeReportSpec.PodGateway> held = gatewaysOf(state, gateways);
            if (!held.isEmpty() || !state.troubles().isEmpty()) {
                pods.add(new NodeReportSpec.PodReport(
                        state.pod().namespace(),
                        state.pod().name(),
                        state.pod().uid(),
                        state.sandbox(),
                        texts(state.addresses()),
                        held,
                        state.troubles().stream()
                                .map(trouble -> problem(state.pod(), trouble))
                                .toList()));
            }
        }
        pods.sort(Comparator.comparing(NodeReportSpec.PodReport::namespace)
                .thenComparing(NodeReportSpec.PodReport::name)
                .thenComparing(NodeReportSpec.PodReport::uid));
        return pods;
    }

    private static List<NodeReportSpec.PodGateway> gatewaysOf(
            PodState state, Map<AttachmentKey, Report.ObjectRef> gateways) {
        List<NodeReportSpec.PodGateway> held = new ArrayList<>();
        state.held().forEach((key, has) -> {
            if (!has.isEmpty()) {
                Report.ObjectRef gateway = gateways.getOrDefault(
                        key, new Report.ObjectRef(state.pod().namespace(), has.gatewayName(), ""));
                held.add(new NodeReportSpec.PodGateway(
                        gateway, texts(has.served()), texts(has.nextHops()), has.table()));
            }
        });
        held.sort(Comparator.comparing(
                one -> one.gateway().namespace() + "/" + one.gateway().name()));
        return held;
    }

    private static Report.Problem problem(PodFacts pod, Trouble trouble) {
        return new Report.Problem("Pod", pod.namespace(), pod.name(), trouble.reason(), trouble.message());
    }

    private static List<String> texts(SortedSet<?> sorted) {
        return sorted.stream().map(Object::toString).toList();
    }
}
