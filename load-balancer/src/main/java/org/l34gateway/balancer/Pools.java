// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.ForwardingProgram;

/**
 * The pools that flows have, each with a cell for its slots ({@link SlotBanks}), brought from one program to the next. A step
 * looks only at cohorts of which a pool comes or goes, a handover is over or a memory was looked at.
 */
final class Pools {
    private final long seed;
    /** Until the first step: VIP → suffixes of the pools to which its packets go. */
    private Map<IpPrefix, Set<String>> left;
    /** Until the first step: cohorts of that process. */
    private Set<String> leftCohorts;
    /** By the shares of flows that have them. */
    private final Shared<SlotPool, Boolean> held = new Shared<>();
    /** What suffixes of a cohort begin with → its pools, in the order in which they came. */
    private final Map<String, Set<SlotPool>> members = new HashMap<>();

    private final Map<String, Cohort> cohorts = new HashMap<>();
    private final Map<SlotPool, String> suffixes = new HashMap<>();
    /** Slots of a pool → cells that are taken. */
    private final Map<Integer, BitSet> cells = new HashMap<>();
    /** Cohorts with a handover under way. */
    private final Set<String> handing = new TreeSet<>();
    /** Cohorts → suffixes of pools that only remember. */
    private final Map<String, Set<String>> remembering = new HashMap<>();

    /**
     * Begins with what an earlier process has left; the first step lets go what no pool goes on with.
     *
     * @param seed {@link ForwardingProgram#seed()} of all programs
     */
    Pools(long seed, Left left) {
        this.seed = seed;
        this.left = left.suffixes();
        Map<String, Map<String, int[]>> byCohort = new HashMap<>();
        left.states().forEach((suffix, slots) -> {
            byCohort.computeIfAbsent(PoolNames.prefix(suffix), _ -> new TreeMap<>())
                    .put(suffix, slots);
            take(suffix, true);
        });
        byCohort.forEach((prefix, slots) -> cohorts.put(prefix, Cohort.left(slots)));
        leftCohorts = byCohort.keySet();
    }

    /** A pool that a flow to a VIP has. */
    record Use(IpPrefix vip, SlotPool pool) {}

    /**
     * What a step may have changed.
     *
     * @param pools suffix → the pool that has it
     * @param states suffix → {@link SlotState} of each slot of that pool
     * @param gone suffixes that no pool has any more
     */
    record Change(SortedMap<String, SlotPool> pools, SortedMap<String, int[]> states, Set<String> gone) {
        Change {
            pools = Collections.unmodifiableSortedMap(new TreeMap<>(pools));
            states = Collections.unmodifiableSortedMap(new TreeMap<>(states));
            gone = Set.copyOf(gone);
        }
    }

    /**
     * The next step.
     *
     * @param come of each share of a flow that is there now; no pool is empty
     * @param go of those that were there before
     * @param used suffix → slots of connections that are remembered, of pools whose memory was looked at
     * @param now in nanoseconds of a monotonic clock
     */
    Change next(List<Use> come, List<Use> go, Map<String, BitSet> used, long now) {
        if (!left.isEmpty()) {
            led(come)
                    .forEach((prefix, pools) ->
                            cohorts.computeIfPresent(prefix, (_, cohort) -> cohort.named(PoolNames.found(pools))));
            left = Map.of();
        }
        Set<String> open = new TreeSet<>();
        used.keySet().forEach(suffix -> open.add(PoolNames.prefix(suffix)));
        handing.stream().filter(prefix -> isOver(prefix, now)).forEach(open::add);
        come.stream().map(Use::pool).filter(pool -> held.hold(pool, true)).forEach(pool -> {
            String prefix = PoolNames.prefix(pool);
            members.computeIfAbsent(prefix, _ -> new LinkedHashSet<>()).add(pool);
            open.add(prefix);
        });
        // After all others: a pool may go from one VIP to another.
        go.stream().map(Use::pool).filter(held::release).forEach(pool -> {
            String prefix = PoolNames.prefix(pool);
            members.getOrDefault(prefix, new HashSet<>()).remove(pool);
            open.add(prefix);
        });
        // What nobody goes on with goes.
        open.addAll(leftCohorts);
        leftCohorts = Set.of();
        Map<String, Map<String, int[]>> inherited = new HashMap<>();
        open.stream()
                .filter(prefix -> !cohorts.containsKey(prefix))
                .forEach(prefix -> inherited.put(prefix, otherSizes(prefix)));
        SortedMap<String, SlotPool> pools = new TreeMap<>();
        SortedMap<String, int[]> states = new TreeMap<>();
        Set<String> gone = new HashSet<>();
        open.forEach(prefix -> {
            Cohort before = cohort(prefix);
            Cohort after = next(prefix, before, inherited.getOrDefault(prefix, Map.of()), used, now);
            after.names().suffixes().forEach((pool, suffix) -> pools.put(suffix, pool));
            states.putAll(after.handovers().states());
            before.handovers().states().keySet().stream()
                    .filter(suffix -> !after.handovers().states().containsKey(suffix))
                    .forEach(gone::add);
        });
        // Not before: packets are still on their way through them.
        gone.forEach(suffix -> take(suffix, false));
        return new Change(pools, states, gone);
    }

    /**
     * Cohort → its pools → suffixes to which their VIPs led. What is in the slots does not always say it: pools may want the same
     * slots and have other connections in them.
     */
    private Map<String, Map<SlotPool, Set<String>>> led(List<Use> uses) {
        Map<String, Map<SlotPool, Set<String>>> led = new HashMap<>();
        for (Use use : uses) {
            String prefix = PoolNames.prefix(use.pool());
            left.getOrDefault(use.vip(), Set.of()).stream()
                    .filter(suffix -> PoolNames.prefix(suffix).equals(prefix))
                    .forEach(suffix -> led.computeIfAbsent(prefix, _ -> new HashMap<>())
                            .computeIfAbsent(use.pool(), _ -> new HashSet<>())
                            .add(suffix));
        }
        return led;
    }

    private Cohort cohort(String prefix) {
        return cohorts.getOrDefault(prefix, Cohort.NONE);
    }

    /** Suffix → slots of pools of the same group and family that have another number of slots: it declares another capacity now. */
    private Map<String, int[]> otherSizes(String prefix) {
        Map<String, int[]> states = new HashMap<>();
        PoolNames.otherSizes(prefix)
                .forEach(other -> states.putAll(cohort(other).handovers().states()));
        return states;
    }

    private Cohort next(
            String prefix, Cohort before, Map<String, int[]> inherited, Map<String, BitSet> used, long now) {
        Set<SlotPool> wanted = members.getOrDefault(prefix, Set.of());
        int slots = wanted.isEmpty() ? 0 : wanted.iterator().next().slots();
        Cohort after = before.next(wanted, seed, cells.getOrDefault(slots, new BitSet()), inherited, used, now);
        before.names().suffixes().keySet().stream()
                .filter(pool -> !wanted.contains(pool))
                .forEach(suffixes::remove);
        after.names().suffixes().forEach((pool, suffix) -> {
            suffixes.put(pool, suffix);
            take(suffix, true);
        });
        if (wanted.isEmpty()) {
            cohorts.remove(prefix);
            members.remove(prefix);
        } else {
            cohorts.put(prefix, after);
        }
        Set<String> onlyRemembering = after.handovers().onlyRemembering();
        if (onlyRemembering.isEmpty()) {
            remembering.remove(prefix);
        } else {
            remembering.put(prefix, onlyRemembering);
        }
        if (after.handovers().until().isEmpty()) {
            handing.remove(prefix);
        } else {
            handing.add(prefix);
        }
        return after;
    }

    private void take(String suffix, boolean taken) {
        SlotBanks.Cell cell = SlotBanks.Cell.of(suffix);
        cells.computeIfAbsent(cell.slots(), _ -> new BitSet()).set(cell.number(), taken);
    }

    /** Empty for a pool without targets. */
    String suffix(SlotPool pool) {
        return suffixes.getOrDefault(pool, "");
    }

    /** Whether a handover is over, so that the slots must be written again. */
    boolean anyOver(long now) {
        return handing.stream().anyMatch(prefix -> isOver(prefix, now));
    }

    private boolean isOver(String prefix, long now) {
        return cohort(prefix).handovers().anyOver(now);
    }

    /** Suffix of a pool that has slots whose connections may be remembered, and no handover that adds some → how many slots it has. */
    SortedMap<String, Integer> onlyRemembering() {
        SortedMap<String, Integer> slots = new TreeMap<>();
        remembering
                .values()
                .forEach(some -> some.forEach(
                        suffix -> slots.put(suffix, SlotBanks.Cell.of(suffix).slots())));
        return slots;
    }
}
