// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

/**
 * Whether this pod carries its part: programmed, not isolated, a default route learned, and next hop in all pods that are targets. The
 * last is asked for once only, and laggards are waited for 30 s only: a target that starts later must not make a gateway
 * pod unready.
 *
 * @param since when the pod could first be a next hop, in nanoseconds of a monotonic clock; null when it could not yet
 * @param reached whether all targets had it as a next hop at some time, or were waited for long enough
 * @param missing why it is not ready, one line; empty when it is
 */
public record Readiness(@Nullable Long since, boolean reached, String missing) {
    /** Nothing is known yet. */
    public static final Readiness START = new Readiness(null, false, "starting");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    public boolean ready() {
        return missing.isEmpty();
    }

    /**
     * The next state.
     *
     * @param report what this pod says of itself
     * @param targetPods UIDs of the pods of all wanted targets
     * @param now in nanoseconds of a monotonic clock
     */
    public Readiness next(GatewayReportSpec report, Collection<String> targetPods, List<NodeReport> nodes, long now) {
        if (!report.programmed()) {
            return new Readiness(since, reached, "the program is not in the kernel");
        }
        if (report.isolated()) {
            return new Readiness(
                    since,
                    reached,
                    "isolated: no answer from " + report.unreachable().size()
                            + " targets, and another gateway pod reaches more than this one");
        }
        SortedSet<IpAddress> hops = nextHops(report);
        if (hops.isEmpty()) {
            return new Readiness(since, reached, "no default route and internal address of one family");
        }
        long from = since == null ? now : since;
        SortedSet<String> laggards = laggards(report.gateway(), hops, Set.copyOf(targetPods), nodes);
        if (reached || laggards.isEmpty() || now - from >= PATIENCE.toNanos()) {
            return new Readiness(from, true, "");
        }
        return new Readiness(from, false, "not a next hop yet in pods " + laggards);
    }

    /** Addresses of families with a default route, as node-agents judge them. */
    public static SortedSet<IpAddress> nextHops(GatewayReportSpec report) {
        SortedSet<IpAddress> hops = new TreeSet<>();
        for (String text : report.addresses()) {
            IpAddress address = IpAddress.parse(text);
            if (report.defaultRoutes().contains(address.family() == IpFamily.IPV4 ? "IPv4" : "IPv6")) {
                hops.add(address);
            }
        }
        return hops;
    }

    /** Target pods that hold a VIP of a family and not all of this pod's next hops of that family, as namespace/name. */
    private static SortedSet<String> laggards(
            Report.ObjectRef gateway, SortedSet<IpAddress> hops, Set<String> targetPods, List<NodeReport> nodes) {
        SortedSet<String> laggards = new TreeSet<>();
        for (NodeReport node : nodes) {
            for (NodeReportSpec.PodReport pod : node.getSpec().pods()) {
                if (targetPods.contains(pod.uid())
                        && pod.gateways().stream().anyMatch(has -> lacks(has, gateway, hops))) {
                    laggards.add(pod.namespace() + "/" + pod.name());
                }
            }
        }
        return laggards;
    }

    private static boolean lacks(NodeReportSpec.PodGateway has, Report.ObjectRef gateway, SortedSet<IpAddress> hops) {
        return isOf(has.gateway(), gateway)
                && hops.stream()
                        .anyMatch(hop ->
                                holdsVipOf(has, hop.family()) && !has.nextHops().contains(hop.toString()));
    }

    private static boolean holdsVipOf(NodeReportSpec.PodGateway has, IpFamily family) {
        // Not parsed: what another process wrote must not stop this one.
        return has.vips().stream().anyMatch(vip -> (vip.indexOf(':') >= 0) == (family == IpFamily.IPV6));
    }

    /** The UID in a NodeReport may be empty while only the plugin has acted. */
    private static boolean isOf(Report.ObjectRef reported, Report.ObjectRef gateway) {
        return reported.namespace().equals(gateway.namespace())
                && reported.name().equals(gateway.name())
                && (reported.uid().isEmpty() || reported.uid().equals(gateway.uid()));
    }

    /** Pods that still send answers through one of these addresses, as namespace/name, sorted. */
    public static SortedSet<String> stillUsing(
            Collection<IpAddress> addresses, Report.ObjectRef gateway, List<NodeReport> nodes) {
        Set<String> texts = new TreeSet<>();
        addresses.forEach(address -> texts.add(address.toString()));
        SortedSet<String> using = new TreeSet<>();
        for (NodeReport node : nodes) {
            for (NodeReportSpec.PodReport pod : node.getSpec().pods()) {
                if (pod.gateways().stream()
                        .anyMatch(has -> isOf(has.gateway(), gateway)
                                && has.nextHops().stream().anyMatch(texts::contains))) {
                    using.add(pod.namespace() + "/" + pod.name());
                }
            }
        }
        return using;
    }
}
