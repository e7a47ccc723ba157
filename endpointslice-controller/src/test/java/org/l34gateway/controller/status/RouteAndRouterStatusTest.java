// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.L34RouteStatus;
import org.l34gateway.api.Names;
import org.l34gateway.api.ParentRef;
import org.l34gateway.controller.Fixtures;
import org.l34gateway.controller.slices.GatewayPod;
import org.l34gateway.controller.workload.GatewayWorkload;
import org.l34gateway.routing.Cluster;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.GatewayKind;
import org.l34gateway.routing.RouterDecision;

class RouteAndRouterStatusTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static List<RouteStatusDecision.AtParent> at(L34Route route) {
        GatewayDecision decision =
                Fixtures.decision(Fixtures.gateway("gw"), List.of(route), Fixtures.service("web", "gw"));
        return decision.routes().stream()
                .map(each -> new RouteStatusDecision.AtParent(each, GatewayKind.STATELESS))
                .toList();
    }

    private static String text(List<Condition> conditions) {
        return String.join(
                ", ",
                conditions.stream()
                        .map(c -> c.getType() + "=" + c.getStatus() + " " + c.getReason())
                        .toList());
    }

    @Test
    void entries_of_other_controllers_stay_and_ours_are_written_once() {
        L34RouteStatus.Parent foreign = new L34RouteStatus.Parent(
                new ParentRef(null, null, null, "theirs", null, null), "example.com/other", List.of());
        L34Route route = Fixtures.route("r", "gw", "web", "20.0.0.1/32", "126.0.0.0/7");
        route.setStatus(new L34RouteStatus(List.of(foreign)));
        L34Route status = RouteStatusDecision.decide(route, at(route), NOW).orElseThrow();
        assertThat(status.getSpec()).isNull();
        assertThat(status.getStatus().parents()).hasSize(2).first().isEqualTo(foreign);
        L34RouteStatus.Parent ours = status.getStatus().parents().getLast();
        assertThat(ours.controllerName()).isEqualTo(Names.STATELESS_CONTROLLER);
        assertThat(text(ours.conditions()))
                .isEqualTo("Accepted=True Accepted, ResolvedRefs=True ResolvedRefs, "
                        + "PartiallyInvalid=True UnsupportedValue");

        route.setStatus(status.getStatus());
        assertThat(RouteStatusDecision.decide(route, at(route), NOW.plusSeconds(60)))
                .isEmpty();
        assertThat(RouteStatusDecision.decide(route, List.of(), NOW)
                        .orElseThrow()
                        .getStatus()
                        .parents())
                .as("without a parent of ours")
                .containsExactly(foreign);
    }

    @Test
    void a_route_that_never_concerned_us_is_left_alone() {
        assertThat(RouteStatusDecision.decide(Fixtures.route("r", "other", "web", "20.0.0.1/32"), List.of(), NOW))
                .isEmpty();
    }

    record Row(String name, String spec, List<GatewayPod> pods, String conditions) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static GatewayPod pod(String name, String report) {
        return new GatewayPod(Fixtures.gatewayPod(name, "gw"), Fixtures.gatewayReport(name, "gw", report));
    }

    static Stream<Row> rows() {
        GatewayPod up = pod("a", "sessions: [{router: router, state: Established}]");
        GatewayPod up2 = pod("b", "sessions: [{router: router, state: Established}]");
        GatewayPod down = pod("b", "sessions: [{router: router, state: Connect, lastError: 'Hold timer expired'}]");
        GatewayPod silent = new GatewayPod(Fixtures.gatewayPod("c", "gw"), null);
        GatewayPod refused = pod(
                "a",
                "problems: [{kind: GatewayRouter, name: router, reason: BirdRefused, message: no such interface}]");
        String accepted = "Accepted=True Accepted, ";
        return Stream.of(
                new Row("all up", "protocol: BGP", List.of(up, up2), accepted + "Established=True Established"),
                new Row(
                        "one down",
                        "protocol: BGP",
                        List.of(up, down),
                        accepted + "Established=True PartlyEstablished"),
                new Row(
                        "one silent",
                        "protocol: BGP",
                        List.of(up, silent),
                        accepted + "Established=True PartlyEstablished"),
                new Row("none up", "protocol: BGP", List.of(down), accepted + "Established=False NotEstablished"),
                new Row("no pods", "protocol: BGP", List.of(), accepted + "Established=False NoGatewayPods"),
                new Row(
                        "BIRD refuses it",
                        "protocol: BGP",
                        List.of(refused),
                        "Accepted=False BirdRefused, Established=False NotEstablished"),
                new Row(
                        "not built yet",
                        "protocol: Static",
                        List.of(up),
                        "Accepted=False NotSupported, Established=False NotEstablished"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void a_router_says_what_bird_says(Row row) {
        GatewayRouter router = Fixtures.router("router", "gw", row.spec());
        GatewayDecision decision = GatewayDecision.all(
                        new Cluster(List.of(), List.of(Fixtures.gateway("gw")), List.of(), List.of(router), List.of()))
                .getFirst();
        RouterDecision judged = decision.routers().getFirst();
        GatewayFacts facts = new GatewayFacts(
                GatewayWorkload.of(decision, Fixtures.SETTINGS), null, row.pods(), List.of(), List.of());
        GatewayRouter status = RouterStatusDecision.decide(judged, facts, NOW).orElseThrow();
        assertThat(text(status.getStatus().conditions())).isEqualTo(row.conditions());
    }

    @Test
    void a_session_that_is_down_names_its_pod_and_its_last_error() {
        GatewayRouter router = Fixtures.router("router", "gw", "protocol: BGP");
        GatewayDecision decision = GatewayDecision.all(
                        new Cluster(List.of(), List.of(Fixtures.gateway("gw")), List.of(), List.of(router), List.of()))
                .getFirst();
        GatewayPod down = pod("b", "sessions: [{router: router, state: Connect, lastError: 'Hold timer expired'}]");
        GatewayFacts facts = new GatewayFacts(
                GatewayWorkload.of(decision, Fixtures.SETTINGS), null, List.of(down), List.of(), List.of());
        assertThat(RouterStatusDecision.decide(decision.routers().getFirst(), facts, NOW)
                        .orElseThrow()
                        .getStatus()
                        .conditions()
                        .getLast()
                        .getMessage())
                .isEqualTo("0 of 2 gateway pods; b: Connect (Hold timer expired)");
    }

    @Test
    void a_router_that_names_no_gateway_says_so_once() {
        GatewayRouter router = Fixtures.router("router", "nobody", "protocol: BGP");
        GatewayRouter status = RouterStatusDecision.orphan(router, NOW).orElseThrow();
        assertThat(text(status.getStatus().conditions()))
                .isEqualTo("Accepted=False NoMatchingParent, Established=False NoMatchingParent");
        router.setStatus(status.getStatus());
        assertThat(RouterStatusDecision.orphan(router, NOW.plusSeconds(9))).isEmpty();
    }
}
