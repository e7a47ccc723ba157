// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayBuilder;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.api.Names;
import org.l34gateway.controller.Fixtures;
import org.l34gateway.controller.slices.GatewayPod;
import org.l34gateway.controller.workload.GatewayWorkload;
import org.l34gateway.routing.GatewayDecision;

class GatewayStatusDecisionTest {
    private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATE = Instant.parse("2026-01-01T01:00:00Z");

    private static final GatewayPod PROGRAMMED =
            new GatewayPod(Fixtures.gatewayPod("a", "gw"), Fixtures.gatewayReport("a", "gw", "programmed: true"));
    private static final GatewayPod SILENT = new GatewayPod(Fixtures.gatewayPod("b", "gw"), null);
    private static final Deployment REFUSED = new DeploymentBuilder()
            .withNewSpec()
            .withReplicas(2)
            .endSpec()
            .withNewStatus()
            .addNewCondition()
            .withType("ReplicaFailure")
            .withStatus("True")
            .withMessage("violates PodSecurity \"restricted:latest\"")
            .endCondition()
            .endStatus()
            .build();

    private static GatewayDecision decide(Gateway gateway, String... vips) {
        return Fixtures.decision(
                gateway,
                vips.length == 0 ? List.of() : List.of(Fixtures.route("r", "gw", "web", vips)),
                Fixtures.service("web", "gw"));
    }

    private static GatewayFacts facts(
            GatewayDecision decision, @Nullable Deployment deployment, List<GatewayPod> pods, List<String> stale) {
        return new GatewayFacts(GatewayWorkload.of(decision, Fixtures.SETTINGS), deployment, pods, stale, List.of());
    }

    private static String condition(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(c -> c.getType().equals(type))
                .map(c -> c.getStatus() + " " + c.getReason() + ": " + c.getMessage())
                .findFirst()
                .orElse("absent");
    }

    record Row(
            String name, Gateway gateway, @Nullable Deployment deployment, List<GatewayPod> pods, String programmed) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        Gateway gateway = Fixtures.gateway("gw");
        Gateway bare = new GatewayBuilder(gateway)
                .editSpec()
                .withInfrastructure(null)
                .endSpec()
                .build();
        return Stream.of(
                new Row("no pod yet", gateway, null, List.of(), "False Pending: 0 of 2 gateway pods"),
                new Row("a silent pod", gateway, null, List.of(SILENT), "False Pending: 0 of 2 gateway pods"),
                new Row(
                        "one of two",
                        gateway,
                        null,
                        List.of(PROGRAMMED, SILENT),
                        "True Programmed: 1 of 2 gateway pods"),
                new Row(
                        "Pod Security refuses",
                        gateway,
                        REFUSED,
                        List.of(),
                        "False NoResources: 0 of 2 gateway pods: violates PodSecurity \"restricted:latest\""),
                new Row("not accepted", bare, null, List.of(PROGRAMMED), "False Invalid: the Gateway is not accepted"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void programmed_counts_gateway_pods(Row row) {
        GatewayDecision decision = decide(row.gateway());
        Gateway status = GatewayStatusDecision.decide(
                        decision, facts(decision, row.deployment(), row.pods(), List.of()), EARLY)
                .orElseThrow();
        assertThat(condition(status.getStatus().getConditions(), "Programmed")).isEqualTo(row.programmed());
    }

    @Test
    void stale_reports_are_marked_and_remove_nothing() {
        GatewayDecision decision = decide(Fixtures.gateway("gw"), "20.0.0.1/32");
        Gateway status = GatewayStatusDecision.decide(
                        decision, facts(decision, null, List.of(PROGRAMMED), List.of("a")), EARLY)
                .orElseThrow();
        assertThat(condition(status.getStatus().getConditions(), "Programmed"))
                .isEqualTo("True Programmed: 1 of 2 gateway pods; no news from a");
        assertThat(status.getStatus().getAddresses()).hasSize(1);
    }

    @Test
    void nothing_is_written_twice_and_a_transition_has_its_own_time() {
        Gateway gateway = Fixtures.gateway("gw");
        GatewayDecision decision = decide(gateway, "20.0.0.1/32");
        Gateway written = GatewayStatusDecision.decide(decision, facts(decision, null, List.of(), List.of()), EARLY)
                .orElseThrow();
        Gateway present =
                new GatewayBuilder(gateway).withStatus(written.getStatus()).build();
        GatewayDecision again = decide(present, "20.0.0.1/32");
        assertThat(GatewayStatusDecision.decide(again, facts(again, null, List.of(), List.of()), LATE))
                .isEmpty();

        Gateway changed = GatewayStatusDecision.decide(again, facts(again, null, List.of(PROGRAMMED), List.of()), LATE)
                .orElseThrow();
        assertThat(changed.getStatus().getConditions())
                .extracting(c -> c.getType() + " " + c.getLastTransitionTime() + " " + c.getObservedGeneration())
                .containsExactly(
                        "Accepted 2026-01-01T00:00:00Z 3",
                        "Programmed 2026-01-01T01:00:00Z 3",
                        "Complete 2026-01-01T00:00:00Z 3");
    }

    @Test
    void at_most_sixteen_addresses_are_shown_sorted_and_once_and_the_cut_is_told() {
        String[] vips = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> "20.0.0." + (21 - i) + "/32")
                .toArray(String[]::new);
        GatewayDecision decision = decide(Fixtures.gateway("gw"), vips);
        Gateway status = GatewayStatusDecision.decide(decision, facts(decision, null, List.of(), List.of()), EARLY)
                .orElseThrow();
        assertThat(status.getStatus().getAddresses())
                .hasSize(16)
                .extracting(address -> address.getValue())
                .startsWith("20.0.0.1", "20.0.0.2")
                .doesNotHaveDuplicates();
        assertThat(condition(status.getStatus().getConditions(), "Complete"))
                .startsWith("False AddressesCut: status.addresses shows 16 of 20");
    }

    @Test
    void prefixes_are_no_addresses_and_that_is_no_problem() {
        String[] vips = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> i == 7 ? "20.0.7.7/32" : "20.0." + i + ".0/24")
                .toArray(String[]::new);
        GatewayDecision decision = decide(Fixtures.gateway("gw"), vips);
        Gateway status = GatewayStatusDecision.decide(decision, facts(decision, null, List.of(), List.of()), EARLY)
                .orElseThrow();
        assertThat(status.getStatus().getAddresses())
                .extracting(address -> address.getValue())
                .containsExactly("20.0.7.7");
        assertThat(condition(status.getStatus().getConditions(), "Complete")).startsWith("True");
    }

    @Test
    void an_option_that_is_none_is_told_and_stops_nothing() {
        Gateway gateway = new GatewayBuilder(Fixtures.gateway("gw"))
                .editSpec()
                .editInfrastructure()
                .addToAnnotations(Names.FAST_PATH_ANNOTATION, "quick")
                .endInfrastructure()
                .endSpec()
                .build();
        GatewayDecision decision = decide(gateway, "20.0.0.1/32");
        Gateway status = GatewayStatusDecision.decide(
                        decision, facts(decision, null, List.of(PROGRAMMED), List.of()), EARLY)
                .orElseThrow();
        assertThat(condition(status.getStatus().getConditions(), "Accepted")).startsWith("True");
        assertThat(condition(status.getStatus().getConditions(), "Programmed")).startsWith("True");
        assertThat(condition(status.getStatus().getConditions(), "Complete"))
                .isEqualTo("False UnsupportedValue: spec.infrastructure.annotations[l-3-4-gateway-api-poc/fast-path]"
                        + " must be one of off, nftables, ebpf, got \"quick\"; taking nftables");
    }

    @Test
    void a_listener_that_is_none_of_ours_is_told() {
        Gateway gateway = new GatewayBuilder(Fixtures.gateway("gw"))
                .editSpec()
                .addNewListener()
                .withName("web")
                .withProtocol("HTTP")
                .withPort(80)
                .endListener()
                .endSpec()
                .build();
        GatewayDecision decision = decide(gateway, "20.0.0.1/32");
        Gateway status = GatewayStatusDecision.decide(
                        decision, facts(decision, null, List.of(PROGRAMMED), List.of()), EARLY)
                .orElseThrow();
        assertThat(condition(status.getStatus().getConditions(), "Accepted"))
                .isEqualTo("True ListenersNotValid: listeners [web]");
        var all = status.getStatus().getListeners().getFirst();
        var web = status.getStatus().getListeners().getLast();
        assertThat(all.getAttachedRoutes()).isEqualTo(1);
        assertThat(all.getSupportedKinds()).extracting(k -> k.getKind()).containsExactly("L34Route");
        assertThat(condition(all.getConditions(), "Accepted")).isEqualTo("True Accepted: ");
        assertThat(web.getSupportedKinds()).isEmpty();
        assertThat(condition(web.getConditions(), "Accepted")).startsWith("False UnsupportedProtocol");
        assertThat(condition(web.getConditions(), "Programmed")).startsWith("False");
    }
}
