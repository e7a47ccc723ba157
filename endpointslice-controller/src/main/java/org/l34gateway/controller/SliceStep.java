// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.l34gateway.controller.slices.GatewaySlices;
import org.l34gateway.controller.slices.SliceFence;
import org.l34gateway.controller.slices.SlicePlan;
import org.l34gateway.routing.GatewayDecision;

/**
 * Writes the slices of all Services, and removes those that no Service of a Gateway wants any more (D8). A Service whose
 * slices could not be written comes last in the next run: where one object makes the API server hang, only it waits.
 */
final class SliceStep {
    private final SliceFence fence;
    private final Set<String> failed = new HashSet<>();

    SliceStep(SliceFence fence) {
        this.fence = fence;
    }

    void run(World world, Map<String, GatewayStep> steps, Writes writes, Bulkhead bulkhead, long now) {
        List<EndpointSlice> all = world.snapshot().all(EndpointSlice.class);
        Set<String> orphans = new HashSet<>();
        all.forEach(slice -> orphans.add(slice.getMetadata().getUid()));
        List<GatewaySlices.OfService> services = new ArrayList<>();
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
                services.addAll(step.slices().services());
            }
        }
        Set<String> failedBefore = Set.copyOf(failed);
        failed.clear();
        services.stream()
                .sorted(Comparator.comparing(
                        each -> failedBefore.contains(each.service().key())))
                .forEach(each -> write(each, all, writes, bulkhead, now));
        for (EndpointSlice orphan : all) {
            if (orphans.contains(orphan.getMetadata().getUid())) {
                bulkhead.run("delete slice " + orphan.getMetadata().getName(), () -> writes.delete(orphan));
            }
        }
    }

    private void write(
            GatewaySlices.OfService each, List<EndpointSlice> all, Writes writes, Bulkhead bulkhead, long now) {
        String key = each.service().key();
        failed.add(key);
        bulkhead.run("slices of " + each.service().service().getMetadata().getName(), () -> {
            write(each, all, writes, now);
            failed.remove(key);
        });
    }

    private void write(GatewaySlices.OfService each, List<EndpointSlice> all, Writes writes, long now) {
        var service = each.service().service().getMetadata();
        if (!fence.open(service.getNamespace(), service.getName())) {
            return;
        }
        SlicePlan plan = SlicePlan.decide(each.slices().slices(), GatewaySlices.present(each.service(), all));
        for (EndpointSlice slice : plan.writes()) {
            Optional<EndpointSlice> written = writes.slice(slice);
            if (written.isEmpty()) {
                // Somebody wrote in between. The other slices may still be as we saw them, but what we decided is not.
                return;
            }
            fence.expect(written.get(), now);
        }
        plan.deletions().forEach(writes::delete);
    }
}
