// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayInfrastructure;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpPrefix;

/**
 * Everything that follows from a Gateway of ours, its routes, routers and Services. Controller, webhook, node-agent and
 * gateway-agent all decide with this, so that status and kernel cannot disagree.
 *
 * @param gateway the Gateway itself
 * @param kind never FOREIGN
 * @param accepted whether the Gateway can be carried out at all
 * @param networks where targets are reached, from {@link Names#NETWORKS_ANNOTATION}; empty when not accepted
 * @param routes one for each route and parentRef that names this Gateway, by precedence: priority, age, name
 * @param routers those labelled for this Gateway, by name
 * @param services those labelled for this Gateway, by name
 */
public record GatewayDecision(
        Gateway gateway,
        GatewayKind kind,
        Verdict accepted,
        NetworkSelection networks,
        List<RouteDecision> routes,
        List<RouterDecision> routers,
        List<ServiceDecision> services) {
    public GatewayDecision {
        routes = List.copyOf(routes);
        routers = List.copyOf(routers);
        services = List.copyOf(services);
    }

    /** Decisions about all Gateways of ours that are not being deleted, by namespace and name. */
    public static List<GatewayDecision> all(Cluster cluster) {
        return cluster.gateways().stream()
                .filter(gateway -> gateway.getMetadata().getDeletionTimestamp() == null)
                .filter(gateway -> GatewayKind.of(gateway, cluster.classes()) != GatewayKind.FOREIGN)
                .sorted(BY_NAME)
                .map(gateway -> of(gateway, cluster))
                .toList();
    }

    private static final Comparator<HasMetadata> BY_NAME = Comparator.<HasMetadata, String>comparing(
                    object -> object.getMetadata().getNamespace())
            .thenComparing(object -> object.getMetadata().getName());

    private static GatewayDecision of(Gateway gateway, Cluster cluster) {
        GatewayKind kind = GatewayKind.of(gateway, cluster.classes());
        NetworkSelection networks = NetworkSelection.EMPTY;
        Verdict accepted;
        try {
            networks = NetworkSelection.parse(infrastructureAnnotations(gateway).get(Names.NETWORKS_ANNOTATION));
            accepted = accept(kind, networks);
        } catch (FormatException e) {
            accepted = Verdict.no(
                    Reasons.INVALID_PARAMETERS,
                    "spec.infrastructure.annotations[" + Names.NETWORKS_ANNOTATION + "]: " + e.getMessage());
        }
        List<GatewayRouter> routers = cluster.routers().stream()
                .filter(router -> labelledFor(router, gateway))
                .sorted(BY_NAME)
                .toList();
        List<RouteDecision> routes = RouteLimits.apply(
                RouteDecision.all(gateway, accepted, cluster.routes(), cluster.services()),
                ServiceDecision.capacities(cluster.services()));
        return new GatewayDecision(
                gateway,
                kind,
                accepted,
                networks,
                routes,
                routers.stream().map(RouterDecision::of).toList(),
                ServiceDecision.all(gateway, routes, cluster.services()));
    }

    private static Verdict accept(GatewayKind kind, NetworkSelection networks) {
        if (kind == GatewayKind.NAT) {
            return Verdict.no(Reasons.INVALID_PARAMETERS, "Gateways with NAT are not supported yet");
        }
        if (networks.elements().isEmpty()) {
            return Verdict.no(
                    Reasons.INVALID_PARAMETERS,
                    "spec.infrastructure.annotations[" + Names.NETWORKS_ANNOTATION
                            + "] is missing: it names the networks on which targets are reached");
        }
        return Verdict.yes(Reasons.ACCEPTED);
    }

    /** {@code spec.infrastructure.annotations}, empty when any of it is absent (D1). */
    public static Map<String, String> infrastructureAnnotations(Gateway gateway) {
        GatewayInfrastructure infrastructure = gateway.getSpec().getInfrastructure();
        return infrastructure == null || infrastructure.getAnnotations() == null
                ? Map.of()
                : Map.copyOf(infrastructure.getAnnotations());
    }

    /** Labels bind within one namespace (D12). */
    static boolean labelledFor(HasMetadata object, Gateway gateway) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels != null
                && gateway.getMetadata().getName().equals(labels.get(Names.GATEWAY_LABEL))
                && gateway.getMetadata()
                        .getNamespace()
                        .equals(object.getMetadata().getNamespace());
    }

    /** How its pods do their work. */
    public GatewayOptions options() {
        return GatewayOptions.of(gateway);
    }

    /** The Gateway as reports name it. */
    public Report.ObjectRef ref() {
        return new Report.ObjectRef(
                gateway.getMetadata().getNamespace(),
                gateway.getMetadata().getName(),
                gateway.getMetadata().getUid());
    }

    /** The VIPs of all accepted routes, sorted: what gateway pods answer for. */
    public SortedSet<IpPrefix> vips() {
        SortedSet<IpPrefix> vips = new TreeSet<>();
        for (RouteDecision route : routes) {
            vips.addAll(route.vips());
        }
        return Collections.unmodifiableSortedSet(vips);
    }
}
