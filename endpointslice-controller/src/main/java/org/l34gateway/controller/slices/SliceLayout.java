// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.api.Names;
import org.l34gateway.api.Report;
import org.l34gateway.api.SliceTargets;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.routing.ServiceDecision;

/**
 * How the targets of a Service are spread over EndpointSlices: one family per slice, and a fixed range of identifiers, so
 * that a target never moves from one slice to another. Annotations of both families name all targets of their range: who
 * changes its family, or whose slice somebody defaced, is always named somewhere.
 */
final class SliceLayout {
    /** Kubernetes' limit of endpoints in a slice. */
    static final int ENDPOINTS = 1_000;
    /** Annotations of an object have 256 KiB together; the rest is for others. */
    private static final int ANNOTATION_CHARS = 200_000;

    private SliceLayout() {}

    /** A target with its identifier and VIPs. */
    record Row(Candidate pod, int id, SortedSet<IpPrefix> vips) {
        Row {
            vips = new TreeSet<>(vips);
        }

        SliceTargets.Target target() {
            return new SliceTargets.Target(
                    pod.uid(), id, vips.stream().map(IpPrefix::toString).toList());
        }
    }

    /** All slices of a Service. The first of each family is always there, also empty. */
    static List<EndpointSlice> of(ServiceDecision service, Report.ObjectRef gateway, long revision, List<Row> rows) {
        int range = identifiersPerSlice(service.vips());
        SortedMap<Integer, List<Row>> ranges = new TreeMap<>(Map.of(0, new ArrayList<>()));
        rows.stream()
                .sorted(Comparator.comparingInt(Row::id))
                .forEach(row -> ranges.computeIfAbsent(row.id() / range, _ -> new ArrayList<>())
                        .add(row));
        List<EndpointSlice> slices = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            ranges.forEach(
                    (number, part) -> slices.add(slice(service.service(), gateway, family, number, revision, part)));
        }
        return slices;
    }

    /** As many as fit when every target has every VIP. */
    private static int identifiersPerSlice(Collection<IpPrefix> vips) {
        int row =
                80 + vips.stream().mapToInt(vip -> vip.toString().length() + 3).sum();
        return Math.clamp(ANNOTATION_CHARS / row, 1, ENDPOINTS);
    }

    private static EndpointSlice slice(
            Service service, Report.ObjectRef gateway, IpFamily family, int number, long revision, List<Row> rows) {
        String suffix = family == IpFamily.IPV4 ? "-ipv4" : "-ipv6";
        String name = service.getMetadata().getName() + suffix + (number == 0 ? "" : "-" + (number + 1));
        SliceTargets targets =
                new SliceTargets(revision, rows.stream().map(Row::target).toList());
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withName(name)
                .addToLabels(Names.SERVICE_NAME_LABEL, service.getMetadata().getName())
                .addToLabels(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)
                .addToLabels(Names.GATEWAY_LABEL, gateway.name())
                // Without it the kube-proxy of every node writes its rules anew with each target that comes or goes.
                .addToLabels(Names.HEADLESS_LABEL, "")
                .addToAnnotations(Names.TARGETS_ANNOTATION, targets.toAnnotation())
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Service")
                        .withName(service.getMetadata().getName())
                        .withUid(service.getMetadata().getUid())
                        .withController(true)
                        .build())
                .endMetadata()
                .withAddressType(family == IpFamily.IPV4 ? "IPv4" : "IPv6")
                .withEndpoints(rows.stream()
                        .filter(row -> !row.pod().addresses(family).isEmpty())
                        .map(row -> endpoint(row.pod(), family))
                        .toList())
                .build();
    }

    private static Endpoint endpoint(Candidate pod, IpFamily family) {
        return new EndpointBuilder()
                .withAddresses(
                        pod.addresses(family).stream().map(Object::toString).toList())
                .withNewConditions()
                .withReady(pod.ready())
                .withServing(pod.serving())
                .withTerminating(pod.terminating())
                .endConditions()
                .withNodeName(pod.pod().getSpec().getNodeName())
                .withNewTargetRef()
                .withKind("Pod")
                .withNamespace(pod.pod().getMetadata().getNamespace())
                .withName(pod.pod().getMetadata().getName())
                .withUid(pod.uid())
                .endTargetRef()
                .build();
    }
}
