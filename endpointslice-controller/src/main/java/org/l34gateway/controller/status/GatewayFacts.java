// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.controller.slices.GatewayPod;
import org.l34gateway.controller.workload.GatewayWorkload;

/**
 * What is known about a Gateway beside its objects.
 *
 * @param workload what should run it
 * @param deployment what is there; null when nothing is
 * @param pods of the Gateway, with their reports
 * @param staleReports gateway pods whose report has not been renewed for long
 * @param problems that do not stop the Gateway, most important first
 */
public record GatewayFacts(
        GatewayWorkload workload,
        @Nullable Deployment deployment,
        List<GatewayPod> pods,
        List<String> staleReports,
        List<Problem> problems) {
    public GatewayFacts {
        pods = List.copyOf(pods);
        staleReports = List.copyOf(staleReports);
        problems = List.copyOf(problems);
    }

    /**
     * Something that a user should know.
     *
     * @param reason CamelCase
     * @param message one sentence
     */
    public record Problem(String reason, String message) {}

    /** How many gateway pods there should be. */
    int wantedPods() {
        return switch (workload) {
            case GatewayWorkload.Wanted wanted -> wanted.replicas();
            case GatewayWorkload.Impossible _ ->
                deployment == null || deployment.getSpec().getReplicas() == null
                        ? 0
                        : deployment.getSpec().getReplicas();
        };
    }

    long programmedPods() {
        return pods.stream().filter(GatewayPod::programmed).count();
    }
}
