// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.l34gateway.controller.workload.GatewayWorkload;
import org.l34gateway.controller.workload.WorkloadName;
import org.l34gateway.controller.workload.WorkloadPlan;
import org.l34gateway.routing.GatewayDecision;

/** The plan for the workloads of all Gateways, by the Gateway's UID; the workload of a Gateway that has none here stays. */
final class WorkloadStep {
    private WorkloadStep() {}

    static WorkloadPlan plan(World world, Map<String, GatewayWorkload> workloads) {
        List<HasMetadata> wanted = new ArrayList<>();
        Set<WorkloadPlan.Key> kept = new HashSet<>();
        for (GatewayDecision decision : world.decisions()) {
            if (!ControllerLoop.isCarriedOut(decision)) {
                continue;
            }
            if (workloads.get(decision.ref().uid()) instanceof GatewayWorkload.Wanted objects) {
                wanted.addAll(objects.objects());
            } else {
                kept.add(keyOf(decision));
            }
        }
        List<HasMetadata> present = new ArrayList<>();
        WatchedKinds.WORKLOAD.forEach(kind -> present.addAll(world.snapshot().all(kind)));
        return WorkloadPlan.decide(wanted, kept, present);
    }

    static WorkloadPlan.Key keyOf(GatewayDecision decision) {
        return new WorkloadPlan.Key(
                decision.ref().namespace(), WorkloadName.of(decision.ref().name()));
    }
}
