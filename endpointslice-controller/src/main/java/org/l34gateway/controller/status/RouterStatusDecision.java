// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.GatewayRouterStatus;
import org.l34gateway.api.Names;
import org.l34gateway.api.Report;
import org.l34gateway.controller.slices.GatewayPod;
import org.l34gateway.routing.Reasons;
import org.l34gateway.routing.RouterDecision;
import org.l34gateway.routing.Verdict;

/** Status of a GatewayRouter: Accepted, and Established with what BIRD says in each gateway pod. */
public final class RouterStatusDecision {
    static final String ESTABLISHED = "Established";

    private static final String NOT_ESTABLISHED = "NotEstablished";
    private static final String PARTLY_ESTABLISHED = "PartlyEstablished";
    private static final String NO_GATEWAY_PODS = "NoGatewayPods";
    /** State of RFC 4271 §8.2.2 as BIRD writes it. */
    private static final String UP = "Established";

    private RouterStatusDecision() {}

    /** The status to write, as an object to apply; empty when the router says all of it already. */
    public static Optional<GatewayRouter> decide(RouterDecision decision, GatewayFacts facts, Instant now) {
        return decide(decision.router(), accepted(decision, facts), established(decision, facts), now);
    }

    /** As {@link #decide}, for a router whose label names no Gateway of ours. */
    public static Optional<GatewayRouter> orphan(GatewayRouter router, Instant now) {
        Verdict why = Verdict.no(
                Reasons.NO_MATCHING_PARENT,
                "label " + Names.GATEWAY_LABEL + " names no Gateway of ours in this namespace");
        return decide(router, why, why, now);
    }

    private static Optional<GatewayRouter> decide(
            GatewayRouter router, Verdict accepted, Verdict established, Instant now) {
        List<Condition> before =
                router.getStatus() == null ? List.of() : router.getStatus().conditions();
        List<Condition> wanted = new Conditions(router, before, now)
                .add(Reasons.ACCEPTED, accepted)
                .add(ESTABLISHED, established)
                .list();
        if (wanted.equals(before)) {
            return Optional.empty();
        }
        GatewayRouter status = new GatewayRouter();
        status.getMetadata().setNamespace(router.getMetadata().getNamespace());
        status.getMetadata().setName(router.getMetadata().getName());
        status.setStatus(new GatewayRouterStatus(wanted));
        return Optional.of(status);
    }

    /** What BIRD refused counts against what we accepted. */
    private static Verdict accepted(RouterDecision decision, GatewayFacts facts) {
        if (!decision.accepted().ok()) {
            return decision.accepted();
        }
        for (GatewayPod pod : facts.pods()) {
            for (Report.Problem problem : problems(pod)) {
                if (problem.kind().equals("GatewayRouter")
                        && problem.name().equals(decision.router().getMetadata().getName())) {
                    return Verdict.no(problem.reason(), pod.name() + ": " + problem.message());
                }
            }
        }
        return decision.accepted();
    }

    private static List<Report.Problem> problems(GatewayPod pod) {
        return pod.report() == null ? List.of() : pod.report().getSpec().problems();
    }

    private static Verdict established(RouterDecision decision, GatewayFacts facts) {
        if (!decision.accepted().ok()) {
            return Verdict.no(NOT_ESTABLISHED, "the GatewayRouter is not accepted");
        }
        if (facts.pods().isEmpty()) {
            return Verdict.no(NO_GATEWAY_PODS, "0 of " + facts.wantedPods() + " gateway pods");
        }
        int up = 0;
        List<String> down = new ArrayList<>();
        for (GatewayPod pod : facts.pods()) {
            Optional<GatewayReportSpec.Session> session = session(decision, pod);
            if (session.isPresent() && session.get().state().equals(UP)) {
                up++;
            } else {
                down.add(pod.name() + ": "
                        + session.map(RouterStatusDecision::text).orElse("not reported"));
            }
        }
        int all = Math.max(facts.wantedPods(), facts.pods().size());
        String message = up + " of " + all + " gateway pods" + (down.isEmpty() ? "" : "; " + String.join("; ", down));
        if (up == 0) {
            return Verdict.no(NOT_ESTABLISHED, message);
        }
        return new Verdict(true, up == all ? ESTABLISHED : PARTLY_ESTABLISHED, message);
    }

    private static Optional<GatewayReportSpec.Session> session(RouterDecision decision, GatewayPod pod) {
        return pod.report() == null
                ? Optional.empty()
                : pod.report().getSpec().sessions().stream()
                        .filter(session -> session.router()
                                .equals(decision.router().getMetadata().getName()))
                        .findFirst();
    }

    private static String text(GatewayReportSpec.Session session) {
        return session.state() + (session.lastError() == null ? "" : " (" + session.lastError() + ")");
    }
}
