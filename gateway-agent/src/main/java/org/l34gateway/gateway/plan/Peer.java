// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.routing.NextHops;

/**
 * What another live gateway pod of the same Gateway says about the targets.
 *
 * @param podUid who says it
 * @param version changes whenever the pod writes, also when it says the same again
 * @param isolated whether it says that it is cut off
 * @param unreachable addresses that do not answer it, by UID of the target's pod
 * @param forwards families in which it sends packets to a target, by UID of the target's pod
 */
public record Peer(
        String podUid,
        String version,
        boolean isolated,
        Map<String, SortedSet<IpAddress>> unreachable,
        Map<String, Set<IpFamily>> forwards) {
    public Peer {
        unreachable = Map.copyOf(unreachable);
        forwards = Map.copyOf(forwards);
    }

    /**
     * All that count: their report is of this Gateway and their pod is there. Sorted by UID.
     *
     * @param reports of any Gateway
     * @param pods of any Gateway
     */
    public static List<Peer> of(
            AgentIdentity self, Report.ObjectRef gateway, List<GatewayReport> reports, List<Pod> pods) {
        List<Peer> peers = new ArrayList<>();
        for (GatewayReport report : reports) {
            if (isReadable(report)
                    && report.getMetadata().getNamespace().equals(gateway.namespace())
                    && report.getSpec().gateway().uid().equals(gateway.uid())
                    && !report.getSpec().podUID().equals(self.podUid())
                    && pods.stream().anyMatch(pod -> NextHops.wrote(pod, report, gateway))) {
                peers.add(of(report));
            }
        }
        peers.sort(Comparator.comparing(Peer::podUid));
        return List.copyOf(peers);
    }

    /** JSON gives null for what is missing, whatever the types say. */
    private static boolean isReadable(GatewayReport report) {
        GatewayReportSpec spec = report.getSpec();
        return spec != null && spec.gateway() != null && spec.gateway().uid() != null && spec.podUID() != null;
    }

    private static Peer of(GatewayReport report) {
        GatewayReportSpec spec = report.getSpec();
        Map<String, SortedSet<IpAddress>> unreachable = new HashMap<>();
        for (GatewayReportSpec.Unreachable target : spec.unreachable()) {
            SortedSet<IpAddress> addresses =
                    unreachable.computeIfAbsent(String.valueOf(target.podUID()), _ -> new TreeSet<>());
            for (String text : target.addresses()) {
                try {
                    addresses.add(IpAddress.parse(text));
                } catch (IllegalArgumentException _) {
                    // No gateway-agent writes this, and what is no address is no target's.
                }
            }
        }
        Map<String, Set<IpFamily>> forwards = new HashMap<>();
        for (GatewayReportSpec.TargetVips target : spec.targets()) {
            Set<IpFamily> families =
                    forwards.computeIfAbsent(String.valueOf(target.podUID()), _ -> EnumSet.noneOf(IpFamily.class));
            // Not parsed: what another process wrote must not stop this one.
            target.vips().forEach(vip -> families.add(vip.indexOf(':') < 0 ? IpFamily.IPV4 : IpFamily.IPV6));
        }
        String version = Objects.requireNonNullElse(report.getMetadata().getResourceVersion(), "");
        return new Peer(spec.podUID(), version, spec.isolated(), unreachable, forwards);
    }

    /** Whether the target does not answer it at this address. */
    boolean misses(String target, IpAddress address) {
        return unreachable.getOrDefault(target, Collections.emptySortedSet()).contains(address);
    }

    /** Whether it sends packets to the target at this address and sees it answer. Saying nothing is not reaching. */
    boolean reaches(String target, IpAddress address) {
        return forwards.getOrDefault(target, Set.of()).contains(address.family()) && !misses(target, address);
    }

    /** Which of these it misses. */
    SortedSet<IpAddress> missed(Map<IpAddress, String> targets) {
        SortedSet<IpAddress> missed = new TreeSet<>();
        targets.forEach((address, target) -> {
            if (misses(target, address)) {
                missed.add(address);
            }
        });
        return missed;
    }
}
