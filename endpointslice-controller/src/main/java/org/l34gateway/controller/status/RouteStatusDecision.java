// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.L34RouteStatus;
import org.l34gateway.api.Names;
import org.l34gateway.api.ParentRef;
import org.l34gateway.routing.GatewayKind;
import org.l34gateway.routing.Reasons;
import org.l34gateway.routing.RouteDecision;

/** Status of an L34Route: one entry for each parent of ours; entries of other controllers stay as they are. */
public final class RouteStatusDecision {
    private static final Set<String> OURS = Set.of(Names.STATELESS_CONTROLLER, Names.NAT_CONTROLLER);

    private RouteStatusDecision() {}

    /** A decision and the kind of the Gateway that it is about. */
    public record AtParent(RouteDecision decision, GatewayKind kind) {}

    /**
     * The status to write, as an object to apply; empty when the route says all of it already. A route without any
     * parent of ours loses what we said about it.
     *
     * @param decisions about this route, in the order of its parentRefs
     */
    public static Optional<L34Route> decide(L34Route route, List<AtParent> decisions, Instant now) {
        List<L34RouteStatus.Parent> present =
                route.getStatus() == null ? List.of() : route.getStatus().parents();
        List<L34RouteStatus.Parent> wanted = new ArrayList<>();
        present.stream()
                .filter(parent -> !OURS.contains(parent.controllerName()))
                .forEach(wanted::add);
        for (AtParent at : decisions) {
            wanted.add(parent(route, at, present, now));
        }
        if (wanted.equals(present)) {
            return Optional.empty();
        }
        L34Route status = new L34Route();
        status.getMetadata().setNamespace(route.getMetadata().getNamespace());
        status.getMetadata().setName(route.getMetadata().getName());
        status.setStatus(new L34RouteStatus(wanted));
        return Optional.of(status);
    }

    private static L34RouteStatus.Parent parent(
            L34Route route, AtParent at, List<L34RouteStatus.Parent> present, Instant now) {
        ParentRef ref = at.decision().parent();
        String controller = at.kind() == GatewayKind.NAT ? Names.NAT_CONTROLLER : Names.STATELESS_CONTROLLER;
        List<Condition> before = present.stream()
                .filter(parent -> parent.parentRef().equals(ref)
                        && parent.controllerName().equals(controller))
                .map(L34RouteStatus.Parent::conditions)
                .findFirst()
                .orElse(List.of());
        Conditions conditions = new Conditions(route, before, now)
                .add(Reasons.ACCEPTED, at.decision().accepted())
                .add(Reasons.RESOLVED_REFS, at.decision().resolvedRefs());
        if (!at.decision().leftOut().isEmpty()) {
            conditions.add(
                    Reasons.PARTIALLY_INVALID,
                    "True",
                    Reasons.UNSUPPORTED_VALUE,
                    String.join("; ", at.decision().leftOut()));
        }
        return new L34RouteStatus.Parent(ref, controller, conditions.list());
    }
}
