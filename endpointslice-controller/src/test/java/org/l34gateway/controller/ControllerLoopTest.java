// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.process.ClusterConnection;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.write.Events;

class ControllerLoopTest {
    /** Only events use it; they are not read here and fail without an API server, which they may. */
    private final KubernetesClient nowhere = ClusterConnection.open(
            "test",
            new ConfigBuilder()
                    .withAutoConfigure(false)
                    .withMasterUrl("https://127.0.0.1:1")
                    .build());

    private final FakeWriter writer = new FakeWriter();
    private final AtomicBoolean leading = new AtomicBoolean(true);
    private final AtomicLong now = new AtomicLong();
    private final List<Snapshot> snapshots = new ArrayList<>();
    private final List<EndpointSlice> onServer = new ArrayList<>();
    private final ControllerLoop loop = new ControllerLoop(
            () -> snapshots.stream().reduce((_, last) -> last),
            leading::get,
            () -> onServer,
            new Writes(writer, new Events(nowhere, "test", "test", Instant::now)),
            Fixtures.SETTINGS,
            now::get,
            () -> Instant.parse("2026-01-01T00:00:00Z"));

    @AfterEach
    void close() {
        nowhere.close();
    }

    private void given(HasMetadata... objects) {
        snapshots.add(Snapshot.of(objects));
    }

    private static EndpointSlice slice(String name, String version) {
        return Fixtures.read(EndpointSlice.class, """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %s
                  namespace: shop
                  resourceVersion: "%s"
                  labels: {kubernetes.io/service-name: web, endpointslice.kubernetes.io/managed-by: l34-gateway}
                addressType: IPv4
                """.formatted(name, version));
    }

    @Test
    void workload_then_slices_then_status() {
        given(Fixtures.gateway("gw"), Fixtures.service("web", "gw"), Fixtures.route("r", "gw", "web", "20.0.0.1/32"));
        Outcome outcome = loop.reconcile();
        assertThat(writer.calls)
                .containsExactly(
                        "apply ServiceAccount stateless-load-balancer-gw",
                        "apply RoleBinding stateless-load-balancer-gw",
                        "apply ClusterRoleBinding l34-gateway:shop:gw",
                        "apply PodDisruptionBudget stateless-load-balancer-gw",
                        "apply Deployment stateless-load-balancer-gw",
                        "apply EndpointSlice web-ipv4",
                        "apply EndpointSlice web-ipv6",
                        "status Gateway gw",
                        "status L34Route r");
        assertThat(outcome).isEqualTo(Outcome.after(Duration.ofSeconds(20)));
    }

    @Test
    void nothing_is_written_before_everything_was_listed_or_by_who_does_not_lead() {
        assertThat(loop.reconcile()).isEqualTo(Outcome.done());
        given(Fixtures.gateway("gw"));
        leading.set(false);
        assertThat(loop.reconcile()).isEqualTo(Outcome.done());
        assertThat(writer.calls).isEmpty();
    }

    @Test
    void slices_are_not_decided_again_before_our_last_write_is_seen() {
        given(Fixtures.gateway("gw"), Fixtures.service("web", "gw"));
        loop.reconcile();
        writer.calls.clear();
        loop.reconcile();
        assertThat(writer.calls).noneMatch(call -> call.contains("EndpointSlice"));
        now.addAndGet(Duration.ofSeconds(11).toNanos());
        loop.reconcile();
        assertThat(writer.calls).as("it was deleted in between").contains("apply EndpointSlice web-ipv4");
    }

    @Test
    void a_new_leader_waits_until_it_sees_what_the_last_one_wrote() {
        onServer.add(slice("web-ipv4", "50"));
        given(Fixtures.gateway("gw"), Fixtures.service("web", "gw"), slice("web-ipv4", "40"));
        loop.reconcile();
        assertThat(writer.calls).noneMatch(call -> call.contains("EndpointSlice"));
        given(Fixtures.gateway("gw"), Fixtures.service("web", "gw"), slice("web-ipv4", "50"));
        loop.reconcile();
        assertThat(writer.calls).contains("apply EndpointSlice web-ipv4");
    }

    @Test
    void what_breaks_for_one_gateway_does_not_stop_the_others_and_fails_the_run() {
        given(
                Fixtures.gateway("bad"),
                Fixtures.gateway("good"),
                Fixtures.service("web", "bad"),
                Fixtures.service("shop", "good"));
        writer.breaks = call -> call.contains("bad") || call.endsWith("web-ipv4");
        assertThatThrownBy(loop::reconcile).hasMessageContaining("broken");
        assertThat(writer.calls)
                .contains(
                        "apply Deployment stateless-load-balancer-good",
                        "apply EndpointSlice shop-ipv4",
                        "apply EndpointSlice shop-ipv6",
                        "status Gateway good");
    }

    @Test
    void a_refused_workload_is_told_in_the_status_and_is_no_failure() {
        given(Fixtures.gateway("gw"));
        writer.refuses = call -> call.startsWith("apply Deployment");
        loop.reconcile();
        assertThat(writer.calls).contains("status Gateway gw");
    }

    @Test
    void a_gateway_of_another_class_loses_its_slices_and_is_otherwise_left_alone() {
        var foreign = Fixtures.gateway("gw");
        foreign.getSpec().setGatewayClassName("somebody-else");
        given(foreign, Fixtures.service("web", "gw"), slice("web-ipv4", "40"));
        loop.reconcile();
        assertThat(writer.calls).containsExactly("delete EndpointSlice web-ipv4");
    }

    @Test
    void slices_and_workload_of_a_gateway_that_is_not_accepted_stay() {
        var typo = Fixtures.gateway("gw");
        typo.getSpec().getInfrastructure().setAnnotations(Map.of());
        given(typo, Fixtures.service("web", "gw"), slice("web-ipv4", "40"));
        loop.reconcile();
        assertThat(writer.calls).containsExactly("status Gateway gw");
    }
}
