// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/** What is known about the kernel of a pod. Silence is no evidence: it neither adds nor removes anything. */
sealed interface Held {
    /**
     * Evidence.
     *
     * @param vips that the pod's present sandbox holds for the Gateway
     * @param nextHops families in which it has a way for answers
     */
    record Says(Set<IpPrefix> vips, Set<IpFamily> nextHops) implements Held {
        static final Says NOTHING = new Says(Set.of(), Set.of());

        public Says {
            vips = Set.copyOf(vips);
            nextHops = Set.copyOf(nextHops);
        }
    }

    /** Nobody has reported. */
    record Silent() implements Held {}

    /**
     * Reads the report of the pod's node. A report of an earlier boot, and an entry of an earlier sandbox, say that what
     * they list is gone.
     */
    static Held by(Pod pod, Report.ObjectRef gateway, @Nullable Node node, @Nullable NodeReport report) {
        if (pod.getSpec().getNodeName() == null) {
            return Says.NOTHING;
        }
        if (report == null
                || node == null
                || node.getStatus() == null
                || node.getStatus().getNodeInfo() == null) {
            return new Silent();
        }
        if (!report.getSpec().bootID().equals(node.getStatus().getNodeInfo().getBootID())) {
            return Says.NOTHING;
        }
        Set<String> podIps = podIps(pod);
        for (NodeReportSpec.PodReport entry : report.getSpec().pods()) {
            if (entry.uid().equals(pod.getMetadata().getUid())) {
                if (podIps.isEmpty()) {
                    return new Silent();
                }
                return podIps.equals(new HashSet<>(entry.podIPs())) ? says(entry, gateway) : Says.NOTHING;
            }
        }
        return Says.NOTHING;
    }

    private static Held says(NodeReportSpec.PodReport entry, Report.ObjectRef gateway) {
        for (NodeReportSpec.PodGateway held : entry.gateways()) {
            Report.ObjectRef owner = held.gateway();
            boolean sameName = owner.namespace().equals(gateway.namespace())
                    && owner.name().equals(gateway.name());
            if (sameName && (owner.uid().isEmpty() || owner.uid().equals(gateway.uid()))) {
                return new Says(new TreeSet<>(ReportText.prefixes(held.vips())), families(held.nextHops()));
            }
        }
        return Says.NOTHING;
    }

    private static Set<IpFamily> families(List<String> addresses) {
        Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        ReportText.addresses(addresses).forEach(address -> families.add(address.family()));
        return families;
    }

    private static Set<String> podIps(Pod pod) {
        Set<String> ips = new HashSet<>();
        if (pod.getStatus() != null && pod.getStatus().getPodIPs() != null) {
            pod.getStatus().getPodIPs().forEach(ip -> ips.add(ip.getIp()));
        }
        return ips;
    }
}
