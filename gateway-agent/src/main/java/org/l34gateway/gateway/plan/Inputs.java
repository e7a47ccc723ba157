// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.routing.Cluster;

/**
 * What the cluster says at one moment, as far as a gateway pod reads it.
 *
 * @param cluster objects of the pod's namespace, and all GatewayClasses
 * @param slices EndpointSlices of the namespace
 * @param self this pod; null before the API server showed it
 * @param reports of the Gateway's pods, this one's too
 * @param gatewayPods pods that the reports may be of
 */
public record Inputs(
        Cluster cluster,
        List<EndpointSlice> slices,
        @Nullable Pod self,
        List<GatewayReport> reports,
        List<Pod> gatewayPods) {
    public Inputs {
        slices = List.copyOf(slices);
        reports = List.copyOf(reports);
        gatewayPods = List.copyOf(gatewayPods);
    }
}
