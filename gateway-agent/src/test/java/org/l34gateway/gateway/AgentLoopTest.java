// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.inputs;
import static org.l34gateway.gateway.plan.Fixtures.node;
import static org.l34gateway.gateway.plan.Fixtures.vips;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.l34gateway.gateway.plan.Inputs;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.write.ClusterWriter;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.Written;

class AgentLoopTest {
    private static final List<String> ONE = List.of("20.0.0.1/32");

    private final FakePod pod = new FakePod();
    private final List<HasMetadata> written = new ArrayList<>();
    private final ClusterWriter cluster = new ClusterWriter() {
        @Override
        public <T extends HasMetadata> Written<T> apply(T object, FieldManager manager, boolean force) {
            written.add(object);
            return new Written.Done<>(object);
        }

        @Override
        public <T extends HasMetadata> Written<T> applyStatus(T object, FieldManager manager, boolean force) {
            throw new AssertionError("a report has no status");
        }

        @Override
        public <T extends HasMetadata> Written<T> create(T object) {
            throw new AssertionError("gateway-agent creates nothing");
        }

        @Override
        public <T extends HasMetadata> Written<T> delete(T object) {
            throw new AssertionError("the garbage collector deletes reports");
        }
    };
    private final ReportWriter reports = new ReportWriter(SELF, cluster, () -> 0, InstantSource.system());
    private final Departure departure = new Departure(Duration.ofSeconds(10));
    private final GatewayCycle cycle = new GatewayCycle(SELF, pod, pod, pod, pod, () -> 0, new SimpleMeterRegistry());
    private final AgentLoop loop = new AgentLoop(SELF, cycle, reports, reports::reconcile, departure);

    private static Snapshot snapshot(Inputs inputs, HasMetadata... more) {
        List<HasMetadata> objects = new ArrayList<>(List.of(more));
        objects.addAll(inputs.cluster().gateways());
        objects.addAll(inputs.cluster().routes());
        objects.addAll(inputs.cluster().routers());
        objects.addAll(inputs.cluster().services());
        objects.addAll(inputs.slices());
        objects.addAll(inputs.reports());
        objects.addAll(inputs.gatewayPods());
        if (inputs.self() != null) {
            objects.add(inputs.self());
        }
        return Snapshot.of(objects.toArray(HasMetadata[]::new));
    }

    @Test
    void nothing_is_written_anywhere_before_everything_was_read() {
        loop.readFrom(Optional::empty);
        assertThat(loop.reconcile()).isEqualTo(Outcome.done());
        assertThat(pod.diary).isEmpty();
        assertThat(written).isEmpty();
    }

    @Test
    void a_snapshot_becomes_slots_an_announcement_and_a_report() {
        loop.readFrom(() -> Optional.of(snapshot(inputs(Map.of("a", ONE)))));
        assertThat(loop.reconcile()).isEqualTo(Outcome.after(Duration.ofSeconds(1)));
        assertThat(pod.announced).isEqualTo(vips("20.0.0.1"));
        assertThat(written).hasSize(1);
        assertThat(cycle.readiness().ready())
                .as("no node reports the pod of the target")
                .isTrue();
    }

    @Test
    void a_target_without_this_next_hop_keeps_the_pod_from_being_ready() {
        loop.readFrom(() -> Optional.of(snapshot(inputs(Map.of("a", ONE)), node("a", ONE, List.of()))));
        loop.reconcile();
        assertThat(cycle.readiness().missing()).contains("shop/a");
    }

    @Test
    void a_pod_of_the_same_name_is_not_this_one() {
        Inputs inputs = inputs(Map.of("a", ONE));
        var younger = new PodBuilder(inputs.self())
                .editMetadata()
                .withUid("another")
                .endMetadata()
                .build();
        loop.readFrom(() ->
                Optional.of(snapshot(new Inputs(inputs.cluster(), inputs.slices(), younger, List.of(), List.of()))));
        loop.reconcile();
        assertThat(pod.announced).as("its network is not known").isEmpty();
    }

    @Test
    void a_pod_that_leaves_is_looked_at_often_and_goes_when_its_report_is_there() {
        loop.readFrom(() -> Optional.of(snapshot(inputs(Map.of("a", ONE)))));
        loop.reconcile();
        departure.leave(() -> assertThat(loop.reconcile()).isEqualTo(Outcome.after(Duration.ofMillis(100))));
        assertThat(pod.announced).isEmpty();
        assertThat(written).hasSize(2);
    }
}
