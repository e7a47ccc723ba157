// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.inputs;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.write.ClusterWriter;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.Written;

class ReportWriterTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<GatewayReport> written = new ArrayList<>();
    private boolean refused;
    private long now;

    private final ClusterWriter cluster = new ClusterWriter() {
        @Override
        public <T extends HasMetadata> Written<T> apply(T object, FieldManager manager, boolean force) {
            if (refused) {
                return new Written.Refused<>(422, "no");
            }
            written.add((GatewayReport) object);
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
    private final ReportWriter writer =
            new ReportWriter(SELF, cluster, () -> now, InstantSource.fixed(Instant.parse("2026-01-01T00:00:00.5Z")));

    private static GatewayReportSpec content(List<String> vips) {
        var pod = new FakePod();
        return new GatewayCycle(SELF, pod, pod, pod, pod, () -> 0, new SimpleMeterRegistry())
                .run(inputs(Map.of("a", vips)), List.of(), false)
                .report();
    }

    @Test
    void the_report_is_the_pods_own_and_says_when() {
        assertThat(writer.reconcile()).isEqualTo(Outcome.done());
        writer.offer(content(List.of("20.0.0.1/32")), false, 0);
        assertThat(writer.reconcile()).isInstanceOf(Outcome.After.class);
        GatewayReport report = written.getFirst();
        assertThat(report.getMetadata().getName()).isEqualTo("gw-0");
        assertThat(report.getMetadata().getNamespace()).isEqualTo("shop");
        assertThat(report.getMetadata().getOwnerReferences()).singleElement().satisfies(owner -> {
            assertThat(owner.getKind()).isEqualTo("Pod");
            assertThat(owner.getUid()).isEqualTo("uid-gw-0");
        });
        assertThat(report.getSpec().observedAt()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(writer.wrote(content(List.of("20.0.0.1/32")))).isTrue();
        assertThat(writer.wrote(content(List.of()))).isFalse();
    }

    @Test
    void changes_are_a_second_apart_and_only_the_newest_is_written() {
        writer.offer(content(List.of()), false, 0);
        writer.reconcile();
        now = SECOND / 2;
        writer.offer(content(List.of("20.0.0.1/32")), false, 0);
        assertThat(writer.reconcile()).isEqualTo(Outcome.after(Duration.ofMillis(500)));
        writer.offer(content(List.of("40.0.0.1/32")), false, 0);
        now = SECOND;
        writer.reconcile();
        assertThat(written).hasSize(2);
        assertThat(written.getLast().getSpec().announcedVIPs()).containsExactly("40.0.0.1/32");
    }

    @Test
    void a_report_that_another_pod_asks_for_is_written_again_once() {
        writer.offer(content(List.of()), false, 0);
        writer.reconcile();
        now = SECOND / 2;
        writer.offer(content(List.of()), false, 1);
        writer.reconcile();
        assertThat(written).hasSize(2);
        now = SECOND;
        writer.offer(content(List.of()), false, 1);
        writer.reconcile();
        assertThat(written).hasSize(2);
    }

    @Test
    void a_refused_report_is_tried_again_and_counts_as_unwritten() {
        refused = true;
        writer.offer(content(List.of()), false, 0);
        writer.reconcile();
        assertThat(writer.wrote(content(List.of()))).isFalse();
        refused = false;
        now = SECOND;
        writer.reconcile();
        assertThat(writer.wrote(content(List.of()))).isTrue();
    }
}
