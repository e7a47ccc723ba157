// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.l34gateway.controller.slices.GatewaySlices;
import org.l34gateway.controller.slices.ServiceSlices;
import org.l34gateway.controller.slices.SliceFence;
import org.l34gateway.controller.slices.SlicePlan;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.ServiceDecision;

/** Writes the slices of all Services, and removes those that no Service of a Gateway wants any more (D8). */
final class SliceStep {
    private SliceStep() {}

    static void run(
            World world, Map<String, GatewayStep> steps, SliceFence fence, Writes writes, Bulkhead bulkhead, long now) {
        List<EndpointSlice> all = world.snapshot().all(EndpointSlice.class);
        Set<String> orphans = new HashSet<>();
        all.forEach(slice -> orphans.add(slice.getMetadata().getUid()));
        for (GatewayDecision decision : world.decisions()) {
            if (!ControllerLoop.isCarriedOut(decision)) {
                continue;
            }
            decision.services()
                    .forEach(service -> GatewaySlices.present(service, all)
                            .forEach(slice -> orphans.remove(slice.getMetadata().getUid())));
            GatewayStep step = steps.get(decision.ref().uid());
            // Slices of a Gateway that is not accepted stay as they are, as its workload does.
            if (step != null && decision.accepted().ok()) {
                step.slices()
                        .services()
                        .forEach(each -> bulkhead.run(
                                "slices of "
                                        + each.service().service().getMetadata().getName(),
                                () -> write(each.service(), each.slices(), all, fence, writes, now)));
            }
        }
        for (EndpointSlice orphan : all) {
            if (orphans.contains(orphan.getMetadata().getUid())) {
                bulkhead.run("delete slice " + orphan.getMetadata().getName(), () -> writes.delete(orphan));
            }
        }
    }

    private static void write(
            ServiceDecision service,
            ServiceSlices slices,
            List<EndpointSlice> all,
            SliceFence fence,
            Writes writes,
            long now) {
        writes.serviceEvents(service, slices);
        String namespace = service.service().getMetadata().getNamespace();
        if (!fence.open(namespace, service.service().getMetadata().getName())) {
            return;
        }
        SlicePlan plan = SlicePlan.decide(slices.slices(), GatewaySlices.present(service, all));
        for (EndpointSlice slice : plan.writes()) {
            writes.slice(slice).ifPresent(written -> fence.expect(written, now));
        }
        plan.deletions().forEach(writes::delete);
    }
}
