// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayStatus;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayStatusAddress;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayStatusBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.l34gateway.controller.workload.GatewayWorkload;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.Reasons;
import org.l34gateway.routing.Verdict;

/** Status of a Gateway: Accepted, Programmed, Complete, its addresses and listeners. */
public final class GatewayStatusDecision {
    /** Our own condition: False names what is missing although the Gateway works. */
    public static final String COMPLETE = "Complete";

    /** The Gateway API's limit of status.addresses. */
    static final int ADDRESSES = 16;

    private static final String LISTENERS_NOT_VALID = "ListenersNotValid";
    private static final String PENDING = "Pending";
    private static final String NO_RESOURCES = "NoResources";

    private GatewayStatusDecision() {}

    /** The status to write, as an object to apply; empty when the Gateway says all of it already. */
    public static Optional<Gateway> decide(GatewayDecision decision, GatewayFacts facts, Instant now) {
        Gateway gateway = decision.gateway();
        @Nullable GatewayStatus present = gateway.getStatus();
        @Nullable List<Condition> before = present == null ? null : present.getConditions();
        Verdict programmed = programmed(decision, facts);
        ListenerStatuses listeners = ListenerStatuses.of(decision, programmed, now);
        List<Condition> conditions = new Conditions(gateway, before, now)
                .add(Reasons.ACCEPTED, accepted(decision, facts, listeners))
                .add(Reasons.PROGRAMMED, programmed)
                .add(COMPLETE, complete(decision, facts))
                .list();
        List<GatewayStatusAddress> addresses = addresses(decision);
        boolean same = present != null
                && Conditions.said(before, conditions)
                && present.getAddresses().equals(addresses)
                && present.getListeners().equals(listeners.list());
        return same
                ? Optional.empty()
                : Optional.of(new GatewayBuilder()
                        .withNewMetadata()
                        .withNamespace(gateway.getMetadata().getNamespace())
                        .withName(gateway.getMetadata().getName())
                        .endMetadata()
                        .withStatus(new GatewayStatusBuilder()
                                .withConditions(conditions)
                                .withAddresses(addresses)
                                .withListeners(listeners.list())
                                .build())
                        .build());
    }

    private static Verdict accepted(GatewayDecision decision, GatewayFacts facts, ListenerStatuses listeners) {
        if (!decision.accepted().ok()) {
            return decision.accepted();
        }
        if (facts.workload() instanceof GatewayWorkload.Impossible(var why)) {
            return why;
        }
        return listeners.invalid().isEmpty()
                ? Verdict.yes(Reasons.ACCEPTED)
                : new Verdict(true, LISTENERS_NOT_VALID, "listeners " + listeners.invalid());
    }

    private static Verdict programmed(GatewayDecision decision, GatewayFacts facts) {
        if (!decision.accepted().ok() || facts.workload() instanceof GatewayWorkload.Impossible) {
            return Verdict.no(Reasons.INVALID, "the Gateway is not accepted");
        }
        String count = facts.programmedPods() + " of " + facts.wantedPods() + " gateway pods";
        String stale =
                facts.staleReports().isEmpty() ? "" : "; no news from " + String.join(", ", facts.staleReports());
        if (facts.programmedPods() > 0) {
            return new Verdict(true, Reasons.PROGRAMMED, count + stale);
        }
        String refused = refusal(facts);
        return refused.isEmpty()
                ? Verdict.no(PENDING, count + stale)
                : Verdict.no(NO_RESOURCES, count + ": " + refused);
    }

    /** Why pods cannot be made, in the words of the API server: Pod Security refuses NET_ADMIN, a quota is used up. */
    private static String refusal(GatewayFacts facts) {
        if (facts.deployment() == null || facts.deployment().getStatus() == null) {
            return "";
        }
        return facts.deployment().getStatus().getConditions().stream()
                .filter(condition ->
                        "ReplicaFailure".equals(condition.getType()) && "True".equals(condition.getStatus()))
                .map(DeploymentCondition::getMessage)
                .findFirst()
                .orElse("");
    }

    private static Verdict complete(GatewayDecision decision, GatewayFacts facts) {
        List<GatewayFacts.Problem> problems = new ArrayList<>(facts.problems());
        String refused = refusal(facts);
        if (!refused.isEmpty() && facts.programmedPods() > 0) {
            problems.addFirst(new GatewayFacts.Problem("GatewayPodsRefused", refused));
        }
        decision.options()
                .problems()
                .forEach(text -> problems.add(new GatewayFacts.Problem(Reasons.UNSUPPORTED_VALUE, text)));
        long addresses = decision.vips().stream().filter(IpPrefix::isHost).count();
        if (addresses > ADDRESSES) {
            problems.add(new GatewayFacts.Problem(
                    "AddressesCut",
                    "status.addresses shows " + ADDRESSES + " of " + addresses
                            + " VIPs, which is as many as the Gateway API allows"));
        }
        return problems.isEmpty()
                ? Verdict.yes(COMPLETE)
                : Verdict.no(
                        problems.getFirst().reason(),
                        String.join(
                                "; ",
                                problems.stream()
                                        .map(GatewayFacts.Problem::message)
                                        .toList()));
    }

    /** The Gateway API has no prefixes there. */
    private static List<GatewayStatusAddress> addresses(GatewayDecision decision) {
        return decision.vips().stream()
                .filter(IpPrefix::isHost)
                .limit(ADDRESSES)
                .map(IpPrefix::address)
                .map(address -> new GatewayStatusAddress("IPAddress", address.toString()))
                .toList();
    }
}
