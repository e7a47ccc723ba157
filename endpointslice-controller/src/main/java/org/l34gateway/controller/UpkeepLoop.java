// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.controller.slices.GatewaySlices;
import org.l34gateway.controller.workload.GatewayWorkload;
import org.l34gateway.controller.workload.WorkloadPlan;
import org.l34gateway.controller.workload.WorkloadSettings;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;

/**
 * Writes what no packet waits for: workloads, then status, then events, each from the newest decision of the {@link
 * ControllerLoop}. A loop of its own, so that a slow API server, a webhook that hangs on one kind, or many objects never
 * hold slices up.
 */
final class UpkeepLoop implements Reconciler {
    private final LongSupplier term;
    private final Writes writes;
    private final WorkloadSettings settings;
    private final InstantSource clock;
    private final CapacityChanges capacities = new CapacityChanges();
    private final AtomicReference<@Nullable Decided> newest = new AtomicReference<>();

    /** @param term number of the term in which this replica leads; 0 when it does not */
    UpkeepLoop(LongSupplier term, Writes writes, WorkloadSettings settings, InstantSource clock) {
        this.term = term;
        this.writes = writes;
        this.settings = settings;
        this.clock = clock;
    }

    /** This is what the next run writes; returns at once. */
    void take(Decided decided) {
        newest.set(decided);
    }

    @Override
    public Outcome reconcile() {
        Decided decided = newest.get();
        if (decided == null || decided.term() != term.getAsLong()) {
            return Outcome.done();
        }
        Bulkhead bulkhead = new Bulkhead();
        Map<String, GatewayWorkload> workloads = new HashMap<>();
        for (GatewayDecision decision : decided.world().decisions()) {
            bulkhead.run(
                    "workload of " + decision.ref(),
                    () -> workloads.put(decision.ref().uid(), GatewayWorkload.of(decision, settings)));
        }
        WorkloadPlan plan = WorkloadStep.plan(decided.world(), workloads);
        Map<WorkloadPlan.Key, String> refusals = writes.workload(plan, bulkhead);
        new StatusStep(decided, workloads, refusals, writes, clock.instant()).run(bulkhead);
        for (GatewayStep step : decided.steps().values()) {
            for (GatewaySlices.OfService each : step.slices().services()) {
                writes.serviceEvents(each.service(), each.slices());
            }
        }
        capacities
                .look(decided.world().decisions(), decided.world().snapshot().all(EndpointSlice.class))
                .forEach(change -> {
                    writes.warn(change.service(), "DealSlots", "MaxEndpointsChanged", change.note());
                    writes.warn(change.gateway().gateway(), "DealSlots", "MaxEndpointsChanged", change.note());
                });
        writes.postEvents();
        bulkhead.finish();
        return Outcome.done();
    }
}
