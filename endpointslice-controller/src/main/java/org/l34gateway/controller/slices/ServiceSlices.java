// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.Report;
import org.l34gateway.api.SliceTargets;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.routing.ServiceDecision;

/**
 * The EndpointSlices of one Service.
 *
 * @param slices all that the Service should have, by name
 * @param targets pods with an identifier
 * @param leftOut pods for which there is no identifier, {@code namespace/name}
 * @param problems about single pods, for events
 */
public record ServiceSlices(
        List<EndpointSlice> slices, List<Target> targets, List<String> leftOut, List<Problem> problems) {
    public ServiceSlices {
        slices = List.copyOf(slices);
        targets = List.copyOf(targets);
        leftOut = List.copyOf(leftOut);
        problems = List.copyOf(problems);
    }

    /**
     * A target.
     *
     * @param nodeName where it runs
     * @param attached whether it has every VIP of the Service
     */
    public record Target(Pod pod, String nodeName, boolean attached) {}

    /** Something is wrong with one pod. */
    public record Problem(Pod pod, String why) {}

    /**
     * What the decision depends on, beside the Service.
     *
     * @param gateway the Gateway of the Service
     * @param networks on which its targets are reached
     * @param pods of the Service's namespace
     * @param nodes by name
     * @param reports of node-agents, by node name
     * @param gate what the gateway pods answer for
     */
    public record Surroundings(
            Report.ObjectRef gateway,
            NetworkSelection networks,
            List<Pod> pods,
            Map<String, Node> nodes,
            Map<String, NodeReport> reports,
            AnswerGate.Look gate) {
        public Surroundings {
            pods = List.copyOf(pods);
            nodes = Map.copyOf(nodes);
            reports = Map.copyOf(reports);
        }
    }

    /**
     * Decides.
     *
     * @param present slices of ours that belong to the Service; what cannot be read in them counts as not there
     */
    public static ServiceSlices decide(ServiceDecision service, Surroundings around, List<EndpointSlice> present) {
        List<SliceTargets> before =
                present.stream().map(ServiceSlices::targetsOf).toList();
        List<Candidate> candidates = Candidate.of(service, around.networks(), around.pods());
        Set<String> known = new HashSet<>();
        before.forEach(slice -> slice.targets().forEach(target -> known.add(target.uid())));
        // Who has no address yet gets no identifier yet; who lost its address for a while keeps the one it has.
        List<String> uids = candidates.stream()
                .filter(pod -> !pod.addresses().isEmpty() || known.contains(pod.uid()))
                .map(Candidate::uid)
                .toList();
        Identifiers identifiers = Identifiers.assign(before, uids, service.capacity());
        List<SliceLayout.Row> rows = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        Map<String, SortedSet<IpPrefix>> vipsBefore = vips(before);
        for (Candidate pod : candidates) {
            Integer id = identifiers.owners().get(pod.uid());
            if (id != null) {
                SortedSet<IpPrefix> had = vipsBefore.getOrDefault(pod.uid(), new TreeSet<>());
                SortedSet<IpPrefix> vips = AttachedVips.of(service.vips(), had, held(pod.pod(), around), around.gate());
                rows.add(new SliceLayout.Row(pod, id, vips));
                String node = pod.pod().getSpec().getNodeName();
                targets.add(new Target(pod.pod(), node == null ? "" : node, vips.equals(service.vips())));
            }
        }
        return new ServiceSlices(
                SliceLayout.of(service, around.gateway(), identifiers.revision(), rows),
                targets,
                identifiers.recycling() ? List.of() : names(candidates, identifiers.leftOut()),
                candidates.stream()
                        .filter(pod -> !pod.problem().isEmpty())
                        .map(pod -> new Problem(pod.pod(), pod.problem()))
                        .toList());
    }

    /** Slices of ours that belong to a Service of that name. */
    public static boolean belongs(EndpointSlice slice, ServiceDecision service) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        return labels != null
                && service.service().getMetadata().getName().equals(labels.get(Names.SERVICE_NAME_LABEL))
                && service.service()
                        .getMetadata()
                        .getNamespace()
                        .equals(slice.getMetadata().getNamespace());
    }

    private static Held held(Pod pod, Surroundings around) {
        String node = pod.getSpec().getNodeName();
        return node == null
                ? Held.Says.NOTHING
                : Held.by(
                        pod,
                        around.gateway(),
                        around.nodes().get(node),
                        around.reports().get(node));
    }

    private static List<String> names(List<Candidate> candidates, List<String> uids) {
        return candidates.stream()
                .filter(pod -> uids.contains(pod.uid()))
                .map(Candidate::name)
                .toList();
    }

    static SliceTargets targetsOf(EndpointSlice slice) {
        try {
            Map<String, String> annotations = slice.getMetadata().getAnnotations();
            return SliceTargets.parse(annotations == null ? null : annotations.get(Names.TARGETS_ANNOTATION));
        } catch (FormatException e) {
            // Somebody else wrote it; gateway pods read nothing in it either. The next write repairs it.
            return SliceTargets.EMPTY;
        }
    }

    private static Map<String, SortedSet<IpPrefix>> vips(List<SliceTargets> before) {
        Map<String, SortedSet<IpPrefix>> vips = new HashMap<>();
        for (SliceTargets slice : before) {
            for (SliceTargets.Target target : slice.targets()) {
                SortedSet<IpPrefix> of = vips.computeIfAbsent(target.uid(), _ -> new TreeSet<>());
                of.addAll(ReportText.prefixes(target.vips()));
            }
        }
        return vips;
    }
}
