// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.l34gateway.controller.slices.SliceFence;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.GatewayKind;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.snapshot.Snapshot;

/**
 * One run of the controller: snapshot → decisions → slices, and nothing else, because traffic waits for slices. What else
 * follows from the decisions is written by the {@link UpkeepLoop}, at its own pace. What cannot be written for one Service
 * does not keep the others waiting; the run fails at its end and is repeated.
 */
final class ControllerLoop implements Reconciler {
    /** Stale reports are noticed by looking. */
    private static final Duration LOOK = Duration.ofSeconds(20);

    /** The cluster as the watches show it. */
    interface View {
        /** Empty until everything was listed, and listed again after {@link #refresh()}. */
        Optional<Snapshot> snapshot();

        /** Asks for everything anew; a snapshot that comes after this call holds all that was written before it. */
        void refresh();
    }

    private final View view;
    private final LongSupplier term;
    private final Writes writes;
    private final Consumer<Decided> upkeep;
    private final Ticker ticker;

    private final Freshness freshness = new Freshness();
    private final SliceFence fence = new SliceFence();
    private final SliceStep slices = new SliceStep(fence);
    private final Map<String, GatewayStep.Memory> memories = new HashMap<>();
    private long lastTerm;

    /**
     * @param term number of the term in which this replica leads; 0 when it does not
     * @param upkeep takes what every run decided; it must return at once
     */
    ControllerLoop(View view, LongSupplier term, Writes writes, Consumer<Decided> upkeep, Ticker ticker) {
        this.view = view;
        this.term = term;
        this.writes = writes;
        this.upkeep = upkeep;
        this.ticker = ticker;
    }

    @Override
    public Outcome reconcile() {
        long present = term.getAsLong();
        long now = ticker.nanos();
        if (present == 0) {
            return Outcome.done();
        }
        if (present != lastTerm || fence.overdue(now)) {
            // Our watches may be behind what the last leader saw and wrote: identifiers must not be given away twice,
            // nor
            // taken from pods that we have not heard of. The new lists trigger the next run.
            lastTerm = present;
            fence.clear();
            view.refresh();
        }
        Optional<Snapshot> snapshot = view.snapshot();
        if (snapshot.isEmpty()) {
            return Outcome.done();
        }
        fence.see(snapshot.get().all(EndpointSlice.class));
        return run(World.of(snapshot.get(), freshness, now), now);
    }

    private Outcome run(World world, long now) {
        Bulkhead bulkhead = new Bulkhead();
        Map<String, GatewayStep> steps = new HashMap<>();
        for (GatewayDecision decision : world.decisions()) {
            GatewayStep.Memory memory = memories.getOrDefault(decision.ref().uid(), GatewayStep.Memory.none());
            bulkhead.run(
                    "decide " + decision.ref(),
                    () -> steps.put(decision.ref().uid(), GatewayStep.decide(decision, world, memory, now)));
        }
        memories.clear();
        steps.forEach((uid, step) -> memories.put(uid, step.memory()));

        slices.run(world, steps, writes, bulkhead, now);
        upkeep.accept(new Decided(lastTerm, world, steps));
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
