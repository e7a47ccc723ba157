// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.l34gateway.controller.slices.SliceFence;
import org.l34gateway.controller.workload.WorkloadPlan;
import org.l34gateway.controller.workload.WorkloadSettings;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.GatewayKind;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.snapshot.Snapshot;

/**
 * One run of the controller: snapshot → decisions → writes. Workloads come first, then slices, then status. What cannot
 * be written for one Gateway does not keep the others waiting; the run fails at its end and is repeated.
 */
final class ControllerLoop implements Reconciler {
    /** Stale reports are noticed by looking. */
    private static final Duration LOOK = Duration.ofSeconds(20);

    private final Supplier<Optional<Snapshot>> snapshots;
    private final BooleanSupplier leading;
    private final Supplier<List<EndpointSlice>> freshSlices;
    private final Writes writes;
    private final WorkloadSettings settings;
    private final Ticker ticker;
    private final InstantSource clock;

    private final Freshness freshness = new Freshness();
    private final SliceFence fence = new SliceFence();
    private final Map<String, GatewayStep.Memory> memories = new HashMap<>();
    private boolean led;

    /**
     * @param snapshots empty until everything was listed
     * @param freshSlices asks the API server itself for all slices of ours
     */
    ControllerLoop(
            Supplier<Optional<Snapshot>> snapshots,
            BooleanSupplier leading,
            Supplier<List<EndpointSlice>> freshSlices,
            Writes writes,
            WorkloadSettings settings,
            Ticker ticker,
            InstantSource clock) {
        this.snapshots = snapshots;
        this.leading = leading;
        this.freshSlices = freshSlices;
        this.writes = writes;
        this.settings = settings;
        this.ticker = ticker;
        this.clock = clock;
    }

    @Override
    public Outcome reconcile() {
        Optional<Snapshot> snapshot = snapshots.get();
        if (!leading.getAsBoolean() || snapshot.isEmpty()) {
            led = false;
            return Outcome.done();
        }
        long now = ticker.nanos();
        if (!led) {
            // Our watch may be behind what the last leader wrote; identifiers must not be given away twice.
            freshSlices.get().forEach(slice -> fence.expect(slice, now));
            led = true;
        }
        fence.see(snapshot.get().all(EndpointSlice.class), now);
        return run(World.of(snapshot.get(), freshness, now), now);
    }

    private Outcome run(World world, long now) {
        Bulkhead bulkhead = new Bulkhead();
        Map<String, GatewayStep> steps = new HashMap<>();
        for (GatewayDecision decision : world.decisions()) {
            GatewayStep.Memory memory = memories.getOrDefault(decision.ref().uid(), GatewayStep.Memory.none());
            bulkhead.run(
                    "decide " + decision.ref(),
                    () -> steps.put(decision.ref().uid(), GatewayStep.decide(decision, world, settings, memory, now)));
        }
        memories.clear();
        steps.forEach((uid, step) -> memories.put(uid, step.memory()));

        WorkloadPlan plan = WorkloadStep.plan(world, steps);
        Map<WorkloadPlan.Key, String> refusals = writes.workload(plan, bulkhead);
        SliceStep.run(world, steps, fence, writes, bulkhead, now);
        new StatusStep(world, steps, refusals, writes, clock.instant()).run(bulkhead);
        bulkhead.finish();
        return Outcome.after(steps.values().stream()
                .map(GatewayStep::patience)
                .filter(wait -> !wait.isZero())
                .reduce(LOOK, (a, b) -> a.compareTo(b) <= 0 ? a : b));
    }

    /** Gateways that this controller makes workloads and slices for. */
    static boolean isCarriedOut(GatewayDecision decision) {
        return decision.kind() == GatewayKind.STATELESS;
    }
}
