// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.Names;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

/**
 * Which gateway pods application pods send their answers through (design, decision 10): pods of the Gateway whose
 * report says that the program is in the kernel and that a default route of the family was learned, and does not say that
 * the pod is cut off from its targets.
 */
public final class NextHops {
    private NextHops() {}

    /**
     * Next hops of a Gateway, sorted.
     *
     * @param reports of any namespace
     * @param pods of any namespace; a report counts only while its pod is there with the same UID, runs under the
     *     Gateway's label, and is not finished
     */
    public static SortedSet<IpAddress> of(Report.ObjectRef gateway, List<GatewayReport> reports, List<Pod> pods) {
        return Collections.unmodifiableSortedSet(
                new TreeSet<>(vouchers(gateway, reports, pods).keySet()));
    }

    /**
     * Next hops of a Gateway with the reports that make them so, each as {@code POD UID@OBSERVED AT}: a report that is
     * written again is another one. Parameters as of {@link #of}.
     */
    public static SortedMap<IpAddress, SortedSet<String>> vouchers(
            Report.ObjectRef gateway, List<GatewayReport> reports, List<Pod> pods) {
        SortedMap<IpAddress, SortedSet<String>> hops = new TreeMap<>();
        for (GatewayReport report : reports) {
            GatewayReportSpec spec = report.getSpec();
            boolean ours = report.getMetadata().getNamespace().equals(gateway.namespace())
                    && spec.gateway().uid().equals(gateway.uid());
            if (ours
                    && spec.programmed()
                    && !spec.isolated()
                    && pods.stream().anyMatch(pod -> wrote(pod, report, gateway))) {
                addressesWithDefaultRoute(spec)
                        .forEach(address -> hops.computeIfAbsent(address, _ -> new TreeSet<>())
                                .add(spec.podUID() + "@" + spec.observedAt()));
            }
        }
        return Collections.unmodifiableSortedMap(hops);
    }

    /**
     * Whether a report of a Gateway speaks for this pod: the pod has its name and UID, runs under the Gateway's label and is
     * not finished.
     */
    public static boolean wrote(Pod pod, GatewayReport report, Report.ObjectRef gateway) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return pod.getMetadata().getUid().equals(report.getSpec().podUID())
                && pod.getMetadata().getName().equals(report.getMetadata().getName())
                && pod.getMetadata().getNamespace().equals(gateway.namespace())
                && labels != null
                && gateway.name().equals(labels.get(Names.GATEWAY_LABEL))
                && !"Failed".equals(phase)
                && !"Succeeded".equals(phase);
    }

    private static List<IpAddress> addressesWithDefaultRoute(GatewayReportSpec spec) {
        List<IpAddress> hops = new ArrayList<>();
        for (String text : spec.addresses()) {
            Optional<IpAddress> address = read(text);
            if (address.isPresent()
                    && spec.defaultRoutes().contains(nameOf(address.get().family()))) {
                hops.add(address.get());
            }
        }
        return hops;
    }

    private static String nameOf(IpFamily family) {
        return switch (family) {
            case IPV4 -> "IPv4";
            case IPV6 -> "IPv6";
        };
    }

    /** Empty for what no gateway-agent writes: one report that cannot be read must not stop the others. */
    private static Optional<IpAddress> read(String address) {
        try {
            return Optional.of(IpAddress.parse(address));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
