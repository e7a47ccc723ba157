// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.attachments;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.l34gateway.api.Report;
import org.l34gateway.attachments.Attachment.Conflicted;
import org.l34gateway.attachments.Attachment.Wanted;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.ServiceDecision;

/** Which Gateways want what of a pod. */
public final class PodAttachments {
    /** Older first; the name decides between equals. */
    private static final Comparator<GatewayDecision> AGE = Comparator.<GatewayDecision, String>comparing(decision ->
                    Optional.ofNullable(decision.gateway().getMetadata().getCreationTimestamp())
                            .orElse(""))
            .thenComparing(decision -> decision.ref().namespace())
            .thenComparing(decision -> decision.ref().name());

    private PodAttachments() {}

    /**
     * Attachments of a pod, by Gateway's name. A pod in the host's network, or one that no Service selects, has none.
     *
     * @param namespace of the pod; a pod at admission may not say it itself
     * @param decisions of all Gateways; only those of the namespace bind
     * @param nextHops of a Gateway, see {@code NextHops.of}
     */
    public static List<Attachment> of(
            Pod pod,
            String namespace,
            List<GatewayDecision> decisions,
            Function<Report.ObjectRef, SortedSet<IpAddress>> nextHops) {
        if (isInHostNetwork(pod)) {
            return List.of();
        }
        Map<String, String> labels = labels(pod);
        Map<IpPrefix, Report.ObjectRef> claimed = new TreeMap<>();
        List<Attachment> attachments = new ArrayList<>();
        selecting(labels, namespace, decisions)
                .sorted(AGE)
                .forEach(decision -> attachments.add(claim(decision, labels, claimed, nextHops)));
        attachments.sort(Comparator.comparing(attachment -> attachment.gateway().name()));
        return List.copyOf(attachments);
    }

    /** Names of the Gateways whose Services select a pod that has no attachments only because it is in the host's network. */
    public static SortedSet<String> missedInHostNetwork(Pod pod, List<GatewayDecision> decisions) {
        SortedSet<String> missed = new TreeSet<>();
        if (isInHostNetwork(pod)) {
            selecting(labels(pod), pod.getMetadata().getNamespace(), decisions)
                    .forEach(decision -> missed.add(decision.ref().name()));
        }
        return missed;
    }

    /** Whether a pod has no network of its own, and so no attachments. */
    public static boolean isInHostNetwork(Pod pod) {
        return pod.getSpec() != null && Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
    }

    private static Map<String, String> labels(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of());
    }

    private static Stream<GatewayDecision> selecting(
            Map<String, String> labels, String namespace, List<GatewayDecision> decisions) {
        return decisions.stream()
                .filter(decision -> decision.ref().namespace().equals(namespace))
                .filter(decision -> decision.accepted().ok())
                .filter(decision -> decision.services().stream().anyMatch(service -> service.selects(labels)));
    }

    private static Attachment claim(
            GatewayDecision decision,
            Map<String, String> labels,
            Map<IpPrefix, Report.ObjectRef> claimed,
            Function<Report.ObjectRef, SortedSet<IpAddress>> nextHops) {
        SortedSet<IpPrefix> vips = new TreeSet<>();
        for (ServiceDecision service : decision.services()) {
            if (service.selects(labels)) {
                vips.addAll(service.vips());
            }
        }
        for (Map.Entry<IpPrefix, Report.ObjectRef> claim : claimed.entrySet()) {
            if (vips.stream().anyMatch(vip -> overlap(vip, claim.getKey()))) {
                SortedSet<IpPrefix> both = new TreeSet<>(vips);
                both.removeIf(vip -> claimed.keySet().stream().noneMatch(other -> overlap(vip, other)));
                return new Conflicted(decision.ref(), both, claim.getValue());
            }
        }
        vips.forEach(vip -> claimed.put(vip, decision.ref()));
        return new Wanted(decision.ref(), vips, nextHops.apply(decision.ref()));
    }

    private static boolean overlap(IpPrefix one, IpPrefix other) {
        return one.contains(other) || other.contains(one);
    }
}
