// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.attachments.PodAttachments;
import org.l34gateway.routing.Cluster;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.NextHops;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.snapshot.Trim;
import org.l34gateway.runtime.snapshot.Watched;
import org.l34gateway.webhook.admission.AttachmentLookup;

/**
 * Attachments by the cluster's present objects. Decisions about Gateways are made by the first request after a change and
 * kept for the next ones.
 */
final class ClusterAttachments implements AttachmentLookup {
    /** What must be watched: Services and pods count only when they bear the label of a Gateway. */
    static final List<Watched<?>> KINDS = List.of(
            Watched.everywhere(GatewayClass.class),
            Watched.everywhere(Gateway.class),
            Watched.everywhere(L34Route.class),
            Watched.everywhere(GatewayReport.class),
            Watched.everywhere(Service.class).withLabels(Names.GATEWAY_LABEL),
            Watched.everywhere(Pod.class).withLabels(Names.GATEWAY_LABEL).trimmedBy(Trim.podSkeleton()));

    private final Supplier<Optional<Snapshot>> snapshots;
    private boolean stale = true;
    private @Nullable Known known;

    private record Known(List<GatewayDecision> decisions, List<GatewayReport> reports, List<Pod> gatewayPods) {}

    /** @param snapshots the present one, empty until every kind was listed */
    ClusterAttachments(Supplier<Optional<Snapshot>> snapshots) {
        this.snapshots = snapshots;
    }

    /** Something changed; returns at once. */
    synchronized void changed() {
        stale = true;
    }

    @Override
    public Found find(String namespace, Map<String, String> labels) {
        Known now = known();
        if (now == null) {
            return new Found.Unknown("the webhook has not read the cluster's Gateways yet");
        }
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();
        return new Found.Known(PodAttachments.of(
                pod, namespace, now.decisions(), gateway -> NextHops.of(gateway, now.reports(), now.gatewayPods())));
    }

    private synchronized @Nullable Known known() {
        if (stale) {
            // Before the look: a change in between makes the next request look again.
            stale = false;
            known = snapshots.get().map(ClusterAttachments::decide).orElse(null);
        }
        return known;
    }

    private static Known decide(Snapshot snapshot) {
        // Routers do not change what a pod holds.
        Cluster cluster = new Cluster(
                snapshot.all(GatewayClass.class),
                snapshot.all(Gateway.class),
                snapshot.all(L34Route.class),
                List.of(),
                snapshot.all(Service.class));
        return new Known(GatewayDecision.all(cluster), snapshot.all(GatewayReport.class), snapshot.all(Pod.class));
    }
}
