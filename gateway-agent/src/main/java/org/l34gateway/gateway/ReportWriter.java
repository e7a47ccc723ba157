// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.api.Names;
import org.l34gateway.gateway.plan.AgentIdentity;
import org.l34gateway.gateway.plan.ReportContent;
import org.l34gateway.gateway.plan.ReportPace;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.write.ClusterWriter;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.Written;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes this pod's GatewayReport, in a loop of its own: an API server that does not answer must not keep the agent from
 * its kernel.
 */
final class ReportWriter implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(ReportWriter.class);
    private static final FieldManager MANAGER = new FieldManager("l34-gateway-agent");

    private final AgentIdentity identity;
    private final ClusterWriter writer;
    private final LongSupplier nanos;
    private final InstantSource clock;
    private final AtomicReference<@Nullable News> newest = new AtomicReference<>();
    private volatile ReportPace pace = ReportPace.START;
    private long answeredPleas;

    private record News(GatewayReportSpec content, boolean leaving, long pleas) {}

    ReportWriter(AgentIdentity identity, ClusterWriter writer, LongSupplier nanos, InstantSource clock) {
        this.identity = identity;
        this.writer = writer;
        this.nanos = nanos;
        this.clock = clock;
    }

    /**
     * Takes the newest content for the next run.
     *
     * @param content without a time
     * @param leaving whether the pod goes
     * @param pleas {@link org.l34gateway.gateway.plan.Reach#pleas()}: when it has grown, the report is written though it
     *     has not changed
     */
    void offer(GatewayReportSpec content, boolean leaving, long pleas) {
        newest.set(new News(content, leaving, pleas));
    }

    /** Whether the API server has this content. */
    boolean wrote(GatewayReportSpec content) {
        return content.equals(pace.written());
    }

    /** Whether the API server took a report of this process at all. */
    boolean wroteAny() {
        return pace.written() != null;
    }

    @Override
    public Outcome reconcile() {
        News news = newest.get();
        if (news == null) {
            return Outcome.done();
        }
        long now = nanos.getAsLong();
        return switch (pace.decide(news.content(), now, urgency(news))) {
            case ReportPace.Step.Wait(var time) -> Outcome.after(time);
            case ReportPace.Step.Write _ -> write(news, now);
        };
    }

    private ReportPace.Urgency urgency(News news) {
        if (news.leaving()) {
            return ReportPace.Urgency.LEAVING;
        }
        return news.pleas() == answeredPleas ? ReportPace.Urgency.NONE : ReportPace.Urgency.ASKED_FOR;
    }

    private Outcome write(News news, long now) {
        GatewayReportSpec content = news.content();
        Written<GatewayReport> written = writer.apply(report(content), MANAGER, true);
        if (written.done()) {
            pace = new ReportPace(content, now);
            answeredPleas = news.pleas();
        } else {
            // Refused by validation or admission: the next content may pass; this one is tried again at leisure.
            LOG.warn("report of pod={} not written: {}", identity.podName(), written);
            pace = new ReportPace(pace.written(), now);
        }
        return Outcome.after(Duration.ofSeconds(1));
    }

    private GatewayReport report(GatewayReportSpec content) {
        GatewayReport report = new GatewayReport();
        report.setMetadata(new ObjectMetaBuilder()
                .withName(identity.podName())
                .withNamespace(identity.namespace())
                .addToLabels(Names.GATEWAY_LABEL, identity.gatewayName())
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Pod")
                        .withName(identity.podName())
                        .withUid(identity.podUid())
                        .build())
                .build());
        report.setSpec(ReportContent.at(
                content, clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()));
        return report;
    }
}
