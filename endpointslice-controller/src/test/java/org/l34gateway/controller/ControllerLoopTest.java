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
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final AtomicLong term = new AtomicLong(1);
    private final AtomicInteger refreshes = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();
    private final List<Snapshot> snapshots = new ArrayList<>();
    private final Writes writes = new Writes(writer, new Events(nowhere, "test", "test", Instant::now));
    private final UpkeepLoop upkeep =
            new UpkeepLoop(term::get, writes, Fixtures.SETTINGS, () -> Instant.parse("2026-01-01T00:00:00Z"));
    private final ControllerLoop loop = new ControllerLoop(new GivenView(), term::get, writes, upkeep::take, now::get);

    /** Shows the last snapshot; the test says what a refresh brings. */
    private final class GivenView implements ControllerLoop.View {
        @Override
        public Optional<Snapshot> snapshot() {
            return snapshots.stream().reduce((_, last) -> last);
        }

        @Override
        public void refresh() {
            refreshes.incrementAndGet();
        }
    }

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
    void slices_wait_for_nothing_then_come_workload_and_status() throws Exception {
        given(Fixtures.gateway("gw"), Fixtures.service("web", "gw"), Fixtures.route("r", "gw", "web", "20.0.0.1/32"));
        Outcome outcome = loop.reconcile();
        assertThat(writer.calls)
                .containsExactly(
                        "create EndpointSlice web-ipv4",
                        "apply EndpointSlice web-ipv4",
                        "create EndpointSlice web-ipv6",
                        "apply EndpointSlice web-ipv6");
        writer.calls.clear();
        upkeep.reconcile();
        assertThat(writer.calls)
                .containsExactly(
                        "apply ServiceAccount stateless-load-balancer-gw",
                        "apply RoleBinding stateless-load-balancer-gw",
                        "apply ClusterRoleBinding l34-gateway:shop:gw",
                        "apply PodDisruptionBudget stateless-load-balancer-gw",
                        "apply Deployment stateless-load-balancer-gw",
                        "status Gateway gw",
                        "status L34Route r");
        assertThat(outcome).isEqualTo(Outcome.after(Duration.ofSeconds(20)));
    }

    @Test
    void slices_do_not_wait_for_a_workload_or_status_that_hangs() throws Exception {
        given(Fixtures.gateway("gw"), Fixtures.service("web", "gw"));
        loop.reconcile();
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        writer.breaks = call -> {
            if (call.startsWith("apply ServiceAccount")) {
                hanging.countDown();
                return !await(answered);
            }
            return false;
        };
        FutureTask<Outcome> slow = new FutureTask<>(upkeep::reconcile);
        Thread.ofVirtual().start(slow);
        assertThat(await(hanging)).isTrue();
        given(Fixtures.gateway("gw"), Fixtures.service("later", "gw"));
        loop.reconcile();
        assertThat(writer.calls).contains("apply EndpointSlice later-ipv6").noneMatch(call -> call.contains("status"));
        answered.countDown();
        slow.get();
        assertThat(writer.calls).contains("status Gateway gw");
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void nothing_is_written_before_everything_was_listed_or_by_who_does_not_lead() {
        assertThat(loop.reconcile()).isEqualTo(Outcome.done());
        given(Fixtures.gateway("gw"));
        term.set(0);
        assertThat(loop.reconcile()).isEqualTo(Outcome.done());
        assertThat(writer.calls).isEmpty();
    }

    @Test
    void what_was_decided_in_one_term_is_not_written_in_the_next() throws Exception {
        given(Fixtures.gateway("gw"));
        loop.reconcile();
        term.set(2);
        upkeep.reconcile();
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
        assertThat(refreshes).as("at first and when the write was never seen").hasValue(2);
        assertThat(writer.calls).as("it was deleted in between").contains("create EndpointSlice web-ipv4");
    }

    @Test
    void after_a_conflict_the_other_slices_of_the_service_are_left_alone() {
        given(
                Fixtures.gateway("gw"),
                Fixtures.service("shop", "gw"),
                Fixtures.service("web", "gw"),
                slice("web-ipv4", "40"),
                slice("web-ipv6", "41"));
        writer.conflicts = call -> call.equals("apply EndpointSlice web-ipv4") || call.contains("create");
        loop.reconcile();
        assertThat(writer.calls).containsExactly("create EndpointSlice shop-ipv4", "apply EndpointSlice web-ipv4");
    }

    @Test
    void a_service_that_could_not_be_written_comes_last_the_next_time() {
        given(Fixtures.gateway("gw"), Fixtures.service("shop", "gw"), Fixtures.service("web", "gw"));
        writer.breaks = call -> call.contains("shop");
        assertThatThrownBy(loop::reconcile).hasMessageContaining("broken");
        writer.calls.clear();
        now.addAndGet(Duration.ofSeconds(11).toNanos());
        assertThatThrownBy(loop::reconcile).hasMessageContaining("broken");
        assertThat(writer.calls.getFirst()).contains("web-ipv4");
        assertThat(writer.calls.getLast()).contains("shop-ipv4");
    }

    @Test
    void every_term_begins_with_new_lists_also_when_another_leader_came_and_went_unseen() {
        loop.reconcile();
        assertThat(refreshes).hasValue(1);
        loop.reconcile();
        assertThat(refreshes).as("while they are awaited").hasValue(1);
        term.set(2);
        loop.reconcile();
        assertThat(refreshes).hasValue(2);
        assertThat(writer.calls).isEmpty();
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
        assertThat(writer.calls).contains("apply EndpointSlice shop-ipv4", "apply EndpointSlice shop-ipv6");
        assertThatThrownBy(upkeep::reconcile).hasMessageContaining("broken");
        assertThat(writer.calls).contains("apply Deployment stateless-load-balancer-good", "status Gateway good");
    }

    @Test
    void a_refused_workload_is_told_in_the_status_and_is_no_failure() throws Exception {
        given(Fixtures.gateway("gw"));
        writer.refuses = call -> call.startsWith("apply Deployment");
        loop.reconcile();
        upkeep.reconcile();
        assertThat(writer.calls).contains("status Gateway gw");
    }

    @Test
    void a_gateway_of_another_class_loses_its_slices_and_is_otherwise_left_alone() throws Exception {
        var foreign = Fixtures.gateway("gw");
        foreign.getSpec().setGatewayClassName("somebody-else");
        given(foreign, Fixtures.service("web", "gw"), slice("web-ipv4", "40"));
        loop.reconcile();
        upkeep.reconcile();
        assertThat(writer.calls).containsExactly("delete EndpointSlice web-ipv4");
    }

    @Test
    void slices_and_workload_of_a_gateway_that_is_not_accepted_stay() throws Exception {
        var typo = Fixtures.gateway("gw");
        typo.getSpec().getInfrastructure().setAnnotations(Map.of());
        given(typo, Fixtures.service("web", "gw"), slice("web-ipv4", "40"));
        loop.reconcile();
        upkeep.reconcile();
        assertThat(writer.calls).containsExactly("status Gateway gw");
    }
}
