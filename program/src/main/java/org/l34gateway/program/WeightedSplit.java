// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.List;

/**
 * How the flows of a route are shared among several backends: a hash of 0..{@link #PARTS}-1 of a flow falls into the part of
 * one of them, each as long as its weight says. Part of the contract between replicas: never change it.
 */
public final class WeightedSplit {
    /** How finely flows are shared. */
    public static final int PARTS = 1 << 14;

    /** The parts must not follow the slots, or a backend's targets would share its part unevenly. */
    private static final int OTHER_SEED = 0x5F3759DF;

    private WeightedSplit() {}

    /** The hash that picks the part, for a program whose slots are picked by this one. */
    public static FlowHash hash(FlowHash slots) {
        return new FlowHash(slots.seed() ^ OTHER_SEED);
    }

    /**
     * Where the part of each backend ends.
     *
     * @param weights above 0, in the order of the backends
     * @return for each the first number that is not its own, ascending; the last is {@link #PARTS}
     */
    public static List<Integer> ends(List<Integer> weights) {
        long total = weights.stream().mapToLong(Integer::intValue).sum();
        long[] before = new long[1];
        return weights.stream()
                .map(weight -> {
                    before[0] += weight;
                    return (int) (before[0] * PARTS / total);
                })
                .toList();
    }
}
