// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.program.ForwardingProgram;

/**
 * The pools that flows have, each with a cell for its slots ({@link SlotBanks}), brought from one program to the next. A step
 * looks only at cohorts of which a pool comes or goes, a handover is over or a memory was looked at.
 */
final class Pools {
    private final long seed;
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
     * @param states suffix of a pool → {@link SlotState} of each slot
     */
    Pools(long seed, Map<String, int[]> states) {
        this.seed = seed;
        Map<String, Map<String, int[]>> left = new HashMap<>();
        states.forEach((suffix, slots) -> {
            left.computeIfAbsent(PoolNames.prefix(suffix), _ -> new TreeMap<>()).put(suffix, slots);
            take(suffix, true);
        });
        left.forEach((prefix, slots) -> cohorts.put(prefix, Cohort.left(slots)));
    }

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
     * @param come pools, one for each share of a flow that has it now; none is empty
     * @param go the same of shares that were there before
     * @param used suffix → slots of connections that are remembered, of pools whose memory was looked at
     * @param now in nanoseconds of a monotonic clock
     */
    Change next(Collection<SlotPool> come, Collection<SlotPool> go, Map<String, BitSet> used, long now) {
        Set<String> open = new TreeSet<>();
        used.keySet().forEach(suffix -> open.add(PoolNames.prefix(suffix)));
        handing.stream().filter(prefix -> isOver(prefix, now)).forEach(open::add);
        come.stream().filter(pool -> held.hold(pool, true)).forEach(pool -> {
            String prefix = PoolNames.prefix(pool);
            members.computeIfAbsent(prefix, _ -> new LinkedHashSet<>()).add(pool);
            open.add(prefix);
        });
        // After all others: a pool may go from one VIP to another.
        go.stream().filter(held::release).forEach(pool -> {
            String prefix = PoolNames.prefix(pool);
            members.getOrDefault(prefix, new HashSet<>()).remove(pool);
            open.add(prefix);
        });
        // What nobody goes on with.
        cohorts.keySet().stream().filter(prefix -> !members.containsKey(prefix)).forEach(open::add);
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
