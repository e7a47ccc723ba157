// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.api.NodeReport;
import org.l34gateway.gateway.plan.AgentIdentity;
import org.l34gateway.gateway.plan.Inputs;
import org.l34gateway.routing.Cluster;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.snapshot.Trim;
import org.l34gateway.runtime.snapshot.Watched;

/** The agent's loop: from a snapshot to a run of the {@link GatewayCycle}, and its report onwards. */
final class AgentLoop implements Reconciler {
    /** BIRD tells nothing by itself: its sessions are looked at this often. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final Duration LOOK_WHILE_LEAVING = Duration.ofMillis(100);

    private final AgentIdentity identity;
    private final GatewayCycle cycle;
    private final ReportWriter reports;
    private final Runnable reportSoon;
    private final Departure departure;
    private volatile Supplier<Optional<Snapshot>> cluster = Optional::empty;

    /**
     * Does nothing until {@link #readFrom}.
     *
     * @param reportSoon makes the loop of the reports run
     */
    AgentLoop(
            AgentIdentity identity,
            GatewayCycle cycle,
            ReportWriter reports,
            Runnable reportSoon,
            Departure departure) {
        this.identity = identity;
        this.cycle = cycle;
        this.reports = reports;
        this.reportSoon = reportSoon;
        this.departure = departure;
    }

    /** @param snapshots empty until everything was read once: before that nothing is written anywhere */
    void readFrom(Supplier<Optional<Snapshot>> snapshots) {
        cluster = snapshots;
    }

    /** What the agent reads: its namespace, and the two kinds that have none. */
    static List<Watched<?>> watched(AgentIdentity identity) {
        String namespace = identity.namespace();
        return List.of(
                Watched.everywhere(GatewayClass.class),
                Watched.in(namespace, Gateway.class),
                Watched.in(namespace, L34Route.class),
                Watched.in(namespace, GatewayRouter.class),
                Watched.in(namespace, Service.class).withLabels(Names.GATEWAY_LABEL + "=" + identity.gatewayName()),
                Watched.in(namespace, EndpointSlice.class).withLabels(Names.MANAGED_BY_LABEL + "=" + Names.MANAGED_BY),
                Watched.in(namespace, Pod.class)
                        .withField("metadata.name", identity.podName())
                        .trimmedBy(Trim.podSkeleton()),
                Watched.in(namespace, Pod.class)
                        .withLabels(Names.GATEWAY_LABEL + "=" + identity.gatewayName())
                        .trimmedBy(Trim.podSkeleton()),
                Watched.in(namespace, GatewayReport.class)
                        .withLabels(Names.GATEWAY_LABEL + "=" + identity.gatewayName()),
                Watched.everywhere(NodeReport.class));
    }

    @Override
    public Outcome reconcile() {
        Optional<Snapshot> now = cluster.get();
        if (now.isEmpty()) {
            return Outcome.done();
        }
        Snapshot snapshot = now.get();
        boolean leaving = departure.begun();
        GatewayCycle.Result result = cycle.run(inputs(snapshot), snapshot.all(NodeReport.class), leaving);
        reports.offer(result.report(), leaving, result.reach().pleas());
        reportSoon.run();
        departure.observe(result, reports.wrote(result.report()));
        return Outcome.after(result.reach().patience(leaving ? LOOK_WHILE_LEAVING : LOOK));
    }

    private Inputs inputs(Snapshot snapshot) {
        Cluster objects = new Cluster(
                snapshot.all(GatewayClass.class),
                snapshot.all(Gateway.class),
                snapshot.all(L34Route.class),
                snapshot.all(GatewayRouter.class),
                snapshot.all(Service.class));
        Pod self = snapshot.find(Pod.class, identity.namespace(), identity.podName())
                .filter(pod -> identity.podUid().equals(pod.getMetadata().getUid()))
                .orElse(null);
        return new Inputs(
                objects,
                snapshot.all(EndpointSlice.class),
                self,
                snapshot.all(GatewayReport.class),
                snapshot.all(Pod.class));
    }
}
