// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.l34gateway.e2e.load.Exchange;
import org.l34gateway.e2e.load.Load;

/** One event under load. The event's code says what it may cost while it happens. */
final class Rehearsal {
    private static final Duration BEFORE = Duration.ofSeconds(2);
    private static final Duration AFTER = Duration.ofSeconds(3);

    private final Load load;
    private final long start = System.nanoTime();
    private final Set<String> removed = new HashSet<>();
    private final Set<String> added = new HashSet<>();
    private final List<Function<List<Exchange>, Allowance>> allowances = new ArrayList<>();

    /** When a VIP began to go from some targets to others; it does until the next one begins. */
    private final List<Long> moves = new ArrayList<>();

    private Rehearsal(Load load) {
        this.load = load;
    }

    /** Lets the event happen after two seconds of traffic, and counts until three seconds after it. */
    static Cost of(Scene scene, long seed, Consumer<Rehearsal> event) {
        List<String> vips = List.of(Scene.VIP4, Scene.VIP6);
        try (Load load = Load.start(scene.lab().router(Scene.ROUTER).host(), seed, Scene.PORT, vips)) {
            var rehearsal = new Rehearsal(load);
            load.flowFor(BEFORE);
            event.accept(rehearsal);
            load.flowFor(AFTER);
            List<Exchange> all = load.stop();
            Set<String> moving = new HashSet<>(rehearsal.removed);
            moving.addAll(rehearsal.added);
            List<Allowance> allowed = rehearsal.allowances.stream()
                    .map(allowance -> allowance.apply(all))
                    .toList();
            return Cost.of(all, allowed, moving, rehearsal.start);
        }
    }

    /** These are targets no more: what they had may break. */
    private void removed(Set<String> targets) {
        Set<String> gone = Set.copyOf(targets);
        removed.addAll(gone);
        allowances.add(_ -> Allowance.establishedWith(gone));
    }

    /**
     * These lose a VIP that others get, from now on and until the next call: flows that they had may break, datagrams too,
     * for who comes must bind first.
     */
    void lost(Set<String> targets) {
        Set<String> losers = Set.copyOf(targets);
        removed.addAll(losers);
        allowances.add(_ -> Allowance.flowsOf(losers));
        int move = moves.size();
        moves.add(System.nanoTime());
        allowances.add(all -> Allowance.beingOpenedWith(
                losers, all, moves.get(move), move + 1 < moves.size() ? moves.get(move + 1) : System.nanoTime()));
    }

    /** These are targets from now on: flows may go to them. */
    void added(Set<String> targets) {
        added.addAll(targets);
    }

    /** What reaches these may be lost for so long after they have answered for the last time. */
    void died(Set<String> targets, Duration longest) {
        Set<String> dead = Set.copyOf(targets);
        removed(dead);
        allowances.add(all -> Allowance.afterDeath(dead, all, longest));
    }

    /** Nothing reaches these from now on, and nobody tells: what is sent until everybody has noticed may be lost. */
    void cutOff(Set<String> targets, Duration longest) {
        removed(targets);
        mayLose(longest);
    }

    /** Whatever is sent between now and then may be lost. */
    void mayLose(Duration fromNow) {
        long now = System.nanoTime();
        allowances.add(_ -> Allowance.within(now, fromNow));
    }

    /** Goes on with the traffic. */
    void goOn(Duration time) {
        load.flowFor(time);
    }
}
