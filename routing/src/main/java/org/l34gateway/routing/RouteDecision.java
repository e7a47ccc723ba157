// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.ParentRef;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Flow;

/**
 * What becomes of a route at one of its parents.
 *
 * @param route the route
 * @param parent the parentRef that names the Gateway
 * @param accepted condition Accepted
 * @param resolvedRefs condition ResolvedRefs
 * @param leftOut parts of an accepted route that are not carried out and why, one sentence each (PartiallyInvalid)
 * @param flow what gateway pods run; null when the route is not accepted
 */
public record RouteDecision(
        L34Route route,
        ParentRef parent,
        Verdict accepted,
        Verdict resolvedRefs,
        List<String> leftOut,
        @Nullable Flow flow) {
    /** Which of two routes decides about a packet that both match: higher priority, then older, then the name. */
    static final Comparator<L34Route> PRECEDENCE = Comparator.<L34Route>comparingInt(
                    route -> -route.getSpec().priority())
            .thenComparing(route -> Optional.ofNullable(route.getMetadata().getCreationTimestamp())
                    .orElse(""))
            .thenComparing(route -> route.getMetadata().getNamespace())
            .thenComparing(route -> route.getMetadata().getName());

    private static final String GATEWAY_GROUP = "gateway.networking.k8s.io";

    public RouteDecision {
        leftOut = List.copyOf(leftOut);
    }

    /** The VIPs that the route makes this Gateway answer for; empty when it is not accepted. Sorted. */
    public SortedSet<IpPrefix> vips() {
        return flow == null
                ? Collections.emptySortedSet()
                : Collections.unmodifiableSortedSet(new TreeSet<>(flow.destinations()));
    }

    /** {@code namespace/name} of the route, which is its flow's name too. */
    String name() {
        return route.getMetadata().getNamespace() + "/" + route.getMetadata().getName();
    }

    /** The same, not accepted. */
    RouteDecision refused(Verdict why) {
        return new RouteDecision(route, parent, why, resolvedRefs, leftOut, null);
    }

    /** Decisions about all routes that name the Gateway, in order of precedence; a route once for each such parentRef. */
    static List<RouteDecision> all(
            Gateway gateway, Verdict gatewayAccepted, List<L34Route> routes, List<Service> services) {
        List<RouteDecision> decisions = new ArrayList<>();
        routes.stream()
                .filter(route -> route.getMetadata().getDeletionTimestamp() == null)
                .sorted(PRECEDENCE)
                .forEach(route -> {
                    boolean carried = false;
                    for (ParentRef parent : route.getSpec().parentRefs()) {
                        if (names(parent, route, gateway)) {
                            RouteDecision decision = of(route, parent, gateway, gatewayAccepted, services, carried);
                            carried |= decision.flow() != null;
                            decisions.add(decision);
                        }
                    }
                });
        return decisions;
    }

    private static boolean names(ParentRef parent, L34Route route, Gateway gateway) {
        String group = Optional.ofNullable(parent.group()).orElse(GATEWAY_GROUP);
        String kind = Optional.ofNullable(parent.kind()).orElse("Gateway");
        String namespace = Optional.ofNullable(parent.namespace())
                .orElse(route.getMetadata().getNamespace());
        return group.equals(GATEWAY_GROUP)
                && kind.equals("Gateway")
                && namespace.equals(gateway.getMetadata().getNamespace())
                && parent.name().equals(gateway.getMetadata().getName());
    }

    private static RouteDecision of(
            L34Route route,
            ParentRef parent,
            Gateway gateway,
            Verdict gatewayAccepted,
            List<Service> services,
            boolean carriedAlready) {
        Backends backends = Backends.resolve(route, gateway, services);
        FlowText flow = FlowText.read(route.getSpec());
        Verdict accepted = accept(route, parent, gateway, gatewayAccepted, flow);
        // Two parentRefs of one route may name two listeners of this Gateway: it is still one flow.
        @Nullable Flow carried = accepted.ok() && !carriedAlready ? flow.toFlow(route, backends.resolved()) : null;
        return new RouteDecision(route, parent, accepted, backends.verdict(), flow.leftOut(), carried);
    }

    private static Verdict accept(
            L34Route route, ParentRef parent, Gateway gateway, Verdict gatewayAccepted, FlowText flow) {
        if (!route.getMetadata().getNamespace().equals(gateway.getMetadata().getNamespace())) {
            return Verdict.no(
                    Reasons.NOT_ALLOWED_BY_LISTENERS,
                    "the Gateway is in another namespace; routes of other namespaces are not supported yet");
        }
        if (!matchesListener(parent, gateway)) {
            return Verdict.no(Reasons.NO_MATCHING_PARENT, "the Gateway has no listener with that sectionName and port");
        }
        if (!gatewayAccepted.ok()) {
            return Verdict.no(Reasons.NO_MATCHING_PARENT, "the Gateway is not accepted: " + gatewayAccepted.message());
        }
        return flow.usable();
    }

    private static boolean matchesListener(ParentRef parent, Gateway gateway) {
        if (parent.sectionName() == null && parent.port() == null) {
            return true;
        }
        for (Listener listener : gateway.getSpec().getListeners()) {
            if ((parent.sectionName() == null || parent.sectionName().equals(listener.getName()))
                    && (parent.port() == null || parent.port().equals(listener.getPort()))) {
                return true;
            }
        }
        return false;
    }
}
