// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ListenerStatus;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ListenerStatusBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteGroupKind;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteGroupKindBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.l34gateway.api.Names;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.Reasons;
import org.l34gateway.routing.RouteDecision;
import org.l34gateway.routing.Verdict;

/** Status of a Gateway's listeners. Packets are selected by routes; a listener is a name that routes may attach to. */
record ListenerStatuses(List<ListenerStatus> list, List<String> invalid) {
    private static final String KIND = "L34Route";
    private static final Set<String> PROTOCOLS = Set.of("TCP", "UDP");
    private static final String UNSUPPORTED_PROTOCOL = "UnsupportedProtocol";
    private static final String INVALID_ROUTE_KINDS = "InvalidRouteKinds";
    private static final String CONFLICTED = "Conflicted";

    /**
     * Decides.
     *
     * @param programmed of the Gateway
     */
    static ListenerStatuses of(GatewayDecision decision, Verdict programmed, Instant now) {
        List<ListenerStatus> statuses = new ArrayList<>();
        List<String> invalid = new ArrayList<>();
        for (Listener listener : decision.gateway().getSpec().getListeners()) {
            boolean supported = PROTOCOLS.contains(listener.getProtocol());
            boolean kinds = supported && asksOnlyForOurs(listener);
            if (!supported || !kinds) {
                invalid.add(listener.getName());
            }
            Conditions conditions = new Conditions(decision.gateway(), before(decision, listener), now)
                    .add(Reasons.ACCEPTED, accepted(listener, supported))
                    .add(Reasons.RESOLVED_REFS, resolved(listener))
                    .add(Reasons.PROGRAMMED, supported ? programmed : Verdict.no(Reasons.INVALID, "not accepted"))
                    .add(CONFLICTED, "False", "NoConflicts", "");
            statuses.add(new ListenerStatusBuilder()
                    .withName(listener.getName())
                    .withSupportedKinds(supported && allowsOurs(listener) ? List.of(l34Route()) : List.of())
                    .withAttachedRoutes(attached(decision, listener))
                    .withConditions(conditions.list())
                    .build());
        }
        return new ListenerStatuses(statuses, invalid);
    }

    private static Verdict accepted(Listener listener, boolean supported) {
        return supported
                ? Verdict.yes(Reasons.ACCEPTED)
                : Verdict.no(UNSUPPORTED_PROTOCOL, "protocol " + listener.getProtocol() + " is not one of TCP, UDP");
    }

    private static Verdict resolved(Listener listener) {
        return asksOnlyForOurs(listener)
                ? Verdict.yes(Reasons.RESOLVED_REFS)
                : Verdict.no(INVALID_ROUTE_KINDS, "only routes of kind " + KIND + " in " + Names.GROUP);
    }

    private static int attached(GatewayDecision decision, Listener listener) {
        int count = 0;
        for (RouteDecision route : decision.routes()) {
            boolean named = route.parent().sectionName() == null
                    || route.parent().sectionName().equals(listener.getName());
            boolean port =
                    route.parent().port() == null || route.parent().port().equals(listener.getPort());
            if (route.accepted().ok() && named && port) {
                count++;
            }
        }
        return count;
    }

    private static List<RouteGroupKind> asked(Listener listener) {
        return listener.getAllowedRoutes() == null
                        || listener.getAllowedRoutes().getKinds() == null
                ? List.of()
                : listener.getAllowedRoutes().getKinds();
    }

    private static boolean asksOnlyForOurs(Listener listener) {
        return asked(listener).stream().allMatch(ListenerStatuses::isOurs);
    }

    private static boolean allowsOurs(Listener listener) {
        return asked(listener).isEmpty() || asked(listener).stream().anyMatch(ListenerStatuses::isOurs);
    }

    private static boolean isOurs(RouteGroupKind kind) {
        return KIND.equals(kind.getKind()) && Names.GROUP.equals(kind.getGroup());
    }

    private static RouteGroupKind l34Route() {
        return new RouteGroupKindBuilder().withGroup(Names.GROUP).withKind(KIND).build();
    }

    private static List<Condition> before(GatewayDecision decision, Listener listener) {
        var status = decision.gateway().getStatus();
        if (status == null || status.getListeners() == null) {
            return List.of();
        }
        return status.getListeners().stream()
                .filter(present -> listener.getName().equals(present.getName()))
                .flatMap(present -> present.getConditions().stream())
                .toList();
    }
}
