// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.Report;
import org.l34gateway.bird.Bfd;
import org.l34gateway.bird.BfdSession;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.bird.BgpSession;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/** What a GatewayReport says: truths of the kernel and of BIRD, not intentions. */
public final class ReportContent {
    private ReportContent() {}

    /**
     * Content without a time: {@code observedAt} is empty, so that equal states give equal contents.
     *
     * @param internalAddresses of the pod towards targets, as the kernel has them; those of a family in which the pod is
     *     isolated are left out, so that no application pod answers through them
     * @param reach of the targets
     * @param knownPods UID of the pod of each target that was ever wanted, by target key: the kernel may hold older ones
     * @param leaving whether the pod shuts down: it is then no next hop, though its kernel goes on
     */
    public static GatewayReportSpec of(
            AgentIdentity identity,
            Wanted wanted,
            Forwarded forwarded,
            RouterView router,
            SortedSet<IpAddress> internalAddresses,
            Reach reach,
            Map<String, String> knownPods,
            boolean leaving) {
        SortedSet<IpAddress> nextHops = new TreeSet<>(internalAddresses);
        nextHops.removeIf(
                address -> reach.isolated() || reach.isolatedFamilies().contains(address.family()));
        SortedSet<String> families = new TreeSet<>();
        router.defaultRoutes().forEach(family -> families.add(family == IpFamily.IPV4 ? "IPv4" : "IPv6"));
        List<Report.Problem> problems = new ArrayList<>(wanted.problems());
        problems.addAll(router.problems());
        forwarded
                .problems()
                .forEach(text -> problems.add(Problems.aboutGateway(wanted.gateway(), "NotProgrammed", text)));
        problems.sort(Problems.ORDER);
        return new GatewayReportSpec(
                wanted.gateway(),
                identity.podUid(),
                identity.nodeName(),
                "",
                forwarded.programmed() && !leaving,
                texts(nextHops),
                List.copyOf(families),
                texts(forwarded.answerVips()),
                targets(forwarded, knownPods),
                texts(router.announcedVips()),
                sessions(router),
                unreachable(reach),
                reach.isolated(),
                problems);
    }

    /** The same content, observed at this time (RFC 3339). */
    public static GatewayReportSpec at(GatewayReportSpec content, String observedAt) {
        return new GatewayReportSpec(
                content.gateway(),
                content.podUID(),
                content.nodeName(),
                observedAt,
                content.programmed(),
                content.addresses(),
                content.defaultRoutes(),
                content.answerVIPs(),
                content.targets(),
                content.announcedVIPs(),
                content.sessions(),
                content.unreachable(),
                content.isolated(),
                content.problems());
    }

    private static List<GatewayReportSpec.TargetVips> targets(Forwarded forwarded, Map<String, String> knownPods) {
        Map<String, SortedSet<IpPrefix>> byPod = new TreeMap<>();
        for (Forwarded.Slot slot : forwarded.targets()) {
            String pod = knownPods.get(slot.target());
            if (pod != null) {
                byPod.computeIfAbsent(pod, _ -> new TreeSet<>()).add(slot.vip());
            }
        }
        List<GatewayReportSpec.TargetVips> targets = new ArrayList<>();
        byPod.forEach((pod, vips) -> targets.add(new GatewayReportSpec.TargetVips(pod, texts(vips))));
        return targets;
    }

    private static List<GatewayReportSpec.Unreachable> unreachable(Reach reach) {
        SortedMap<String, SortedSet<IpAddress>> byPod = new TreeMap<>();
        reach.unreachable()
                .forEach((address, pod) ->
                        byPod.computeIfAbsent(pod, _ -> new TreeSet<>()).add(address));
        List<GatewayReportSpec.Unreachable> unreachable = new ArrayList<>();
        byPod.forEach((pod, addresses) -> unreachable.add(new GatewayReportSpec.Unreachable(pod, texts(addresses))));
        return unreachable;
    }

    private static List<GatewayReportSpec.Session> sessions(RouterView router) {
        List<GatewayReportSpec.Session> sessions = new ArrayList<>();
        for (BgpNeighbour neighbour : router.neighbours()) {
            BgpSession session = router.sessions().stream()
                    .filter(candidate -> candidate.protocol().equals(neighbour.protocolName()))
                    .findFirst()
                    .orElse(null);
            String state = session == null
                    ? BgpSession.State.DOWN.text()
                    : session.state().text();
            @Nullable String lastError = session == null || session.lastError().isEmpty() ? null : session.lastError();
            String name = neighbour.name().substring(neighbour.name().indexOf('/') + 1);
            sessions.add(new GatewayReportSpec.Session(name, state, bfd(neighbour, router.bfd()), lastError));
        }
        return sessions;
    }

    private static @Nullable String bfd(BgpNeighbour neighbour, List<BfdSession> sessions) {
        return switch (neighbour.bfd()) {
            case Bfd.Off() -> null;
            case Bfd.On _ ->
                sessions.stream()
                        .filter(session -> session.neighbour().equals(neighbour.address()))
                        .map(session -> session.state().text())
                        .findFirst()
                        .orElse(BfdSession.State.DOWN.text());
        };
    }

    private static List<String> texts(Collection<?> values) {
        return values.stream().map(Object::toString).toList();
    }
}
