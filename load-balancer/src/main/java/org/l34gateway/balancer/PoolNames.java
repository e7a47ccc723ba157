// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.program.SlotTableSize;

/**
 * The names of what a pool has in the table: {@code KIND_GROUP_FAMILY_SLOTS_CELL}, so that a restarted agent knows its
 * maps again. The cell says where its slots are ({@link SlotBanks}); no other pool with as many slots has it. Which of a
 * group's cells is a new pool's is decided by what is in them: it has the one that needs the fewest changes, and a packet's way
 * through the chains, which name them, stays the same. What another process has named is found again by the VIPs that lead there.
 *
 * @param suffixes pool → what follows the kind
 */
record PoolNames(Map<SlotPool, String> suffixes) {
    /** The chain that looks for a packet's slot; what follows the suffix stands for its rules. */
    private static final String CHAIN = "slots_";

    private static final Pattern CHAIN_NAME =
            Pattern.compile(CHAIN + "([0-9a-f]{16}_[46]_[0-9]{1,6}_[0-9]{1,6})_[0-9a-f]{16}");

    /** Connection → target; packets put it in, time takes it out. One for all pools of a group and family. */
    static final String FLOWS = "flows_";

    static final PoolNames NONE = new PoolNames(Map.of());

    PoolNames {
        suffixes = Collections.unmodifiableMap(new LinkedHashMap<>(suffixes));
    }

    private record Fit(int pool, String suffix, Distance distance) {}

    /**
     * How far slots are from what a pool wants. The nearest first.
     *
     * @param changes slots that change, but for
     * @param handovers slots that a target has which drains now
     * @param drained slots whose connections a target still has that drains: pools that differ by such a target only want the
     *     same owners
     */
    private record Distance(int changes, int handovers, int drained) implements Comparable<Distance> {
        private static final Comparator<Distance> ORDER = Comparator.comparingInt(Distance::changes)
                .thenComparingInt(Distance::handovers)
                .thenComparingInt(distance -> -distance.drained());

        static Distance of(SlotPool pool, char[] wanted, int[] present) {
            int changes = 0;
            int handovers = 0;
            int drained = 0;
            for (int slot = 0; slot < wanted.length; slot++) {
                int state = slot < present.length ? present[slot] : 0;
                int owner = SlotState.owner(state);
                int former = SlotState.former(state);
                if (owner != wanted[slot] && pool.drains(owner)) {
                    handovers++;
                } else if (owner != wanted[slot] || (former != 0 && !pool.has(former))) {
                    changes++;
                } else if (pool.drains(former)) {
                    drained++;
                }
            }
            return new Distance(changes, handovers, drained);
        }

        @Override
        public int compareTo(Distance other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * What another process has called pools.
     *
     * @param led pool → suffixes to which the packets of its VIPs went; where that is not one, or it is another's, too, the pool's
     *     name stays unknown
     */
    static PoolNames found(Map<SlotPool, Set<String>> led) {
        Map<String, Long> pools = led.values().stream()
                .flatMap(Set::stream)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        Map<SlotPool, String> suffixes = new LinkedHashMap<>();
        led.forEach((pool, some) -> {
            if (some.size() == 1 && pools.getOrDefault(some.iterator().next(), 0L) == 1) {
                suffixes.put(pool, some.iterator().next());
            }
        });
        return new PoolNames(suffixes);
    }

    /**
     * Decides, among pools of one group and family with as many slots.
     *
     * @param owners of each pool, in the order of these
     * @param present suffix → {@link SlotState} of each slot as it is now
     * @param before decided before; a pool that had a name keeps it
     * @param others cells of other pools with as many slots
     */
    static PoolNames decide(Map<SlotPool, char[]> owners, Map<String, int[]> present, PoolNames before, BitSet others) {
        List<SlotPool> pools = List.copyOf(owners.keySet());
        Map<Integer, String> chosen = new HashMap<>();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < pools.size(); i++) {
            String kept = before.of(pools.get(i));
            if (present.containsKey(kept)) {
                chosen.put(i, kept);
                taken.add(kept);
            }
        }
        List<Fit> fits = new ArrayList<>();
        for (int i = 0; i < pools.size(); i++) {
            if (!chosen.containsKey(i)) {
                SlotPool pool = pools.get(i);
                char[] wanted = owners.getOrDefault(pool, new char[0]);
                int number = i;
                present.forEach(
                        (suffix, states) -> fits.add(new Fit(number, suffix, Distance.of(pool, wanted, states))));
            }
        }
        fits.sort(
                Comparator.comparing(Fit::distance).thenComparingInt(Fit::pool).thenComparing(Fit::suffix));
        for (Fit fit : fits) {
            if (!chosen.containsKey(fit.pool()) && taken.add(fit.suffix())) {
                chosen.put(fit.pool(), fit.suffix());
            }
        }
        BitSet used = (BitSet) others.clone();
        present.keySet().forEach(suffix -> used.set(SlotBanks.Cell.of(suffix).number()));
        Map<SlotPool, String> suffixes = new LinkedHashMap<>();
        for (int i = 0; i < pools.size(); i++) {
            SlotPool pool = pools.get(i);
            String suffix = chosen.get(i);
            if (suffix == null) {
                int cell = used.nextClearBit(0);
                used.set(cell);
                suffix = prefix(pool) + cell;
            }
            suffixes.put(pool, suffix);
        }
        return new PoolNames(suffixes);
    }

    /**
     * The suffix of the present slots whose connections the pool goes on with: its own, or the nearest, which its VIPs had
     * before. Null when there is none.
     */
    @Nullable
    String predecessor(SlotPool pool, char[] wanted, Map<String, int[]> present) {
        if (present.containsKey(of(pool))) {
            return of(pool);
        }
        return present.keySet().stream()
                .min(Comparator.<String, Distance>comparing(
                                suffix -> Distance.of(pool, wanted, present.getOrDefault(suffix, new int[0])))
                        .thenComparing(Comparator.naturalOrder()))
                .orElse(null);
    }

    /** What suffixes begin with of pools of this group and family with as many slots. */
    static String prefix(SlotPool pool) {
        return ChainBook.hash(pool.group()) + (pool.family() == IpFamily.IPV4 ? "_4_" : "_6_") + pool.slots() + "_";
    }

    /** What follows the kind. */
    String of(SlotPool pool) {
        return suffixes.getOrDefault(pool, "");
    }

    /** The name of the memory of connections. */
    static String flows(SlotPool pool) {
        return FLOWS + ChainBook.hash(pool.group()) + (pool.family() == IpFamily.IPV4 ? "_4" : "_6");
    }

    /** What the names of chains begin with that look for a packet's slot. */
    static String chains(String suffix) {
        return CHAIN + suffix;
    }

    /** What the suffixes of a pool and of those begin with that may go on with its slots. */
    static String prefix(String suffix) {
        return suffix.substring(0, suffix.lastIndexOf('_') + 1);
    }

    /** What the suffixes begin with of pools of the same group and family that have other numbers of slots. */
    static List<String> otherSizes(String prefix) {
        String group = prefix(prefix.substring(0, prefix.length() - 1));
        return Stream.of(SlotTableSize.values())
                .map(size -> group + size.slots() + "_")
                .filter(other -> !other.equals(prefix))
                .toList();
    }

    /** The suffix of the pool whose slots a chain looks for; empty for other chains. */
    static Optional<String> poolOf(String chain) {
        Matcher matcher = CHAIN_NAME.matcher(chain);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The memory of connections of its group. */
    static String flowsOf(String suffix) {
        String[] parts = suffix.split("_", -1);
        return FLOWS + parts[0] + "_" + parts[1];
    }

    static boolean isFlowMap(String name) {
        return name.startsWith(FLOWS);
    }
}
