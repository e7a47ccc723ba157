// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.util.List;
import java.util.function.ToLongFunction;
import org.l34gateway.bench.cni.ChildProcess.Ended;

/**
 * What one plugin did in one round.
 *
 * @param adds at least one
 * @param dels one after each ADD
 */
record Lap(List<Ended> adds, List<Ended> dels) {
    private static final double NANOS_PER_MILLI = 1e6;

    Lap {
        adds = List.copyOf(adds);
        dels = List.copyOf(dels);
    }

    /** Half of the ADDs took no longer. */
    double addMillis() {
        return percentile(adds, Ended::wallNanos, 50) / NANOS_PER_MILLI;
    }

    double addMillisOf99() {
        return percentile(adds, Ended::wallNanos, 99) / NANOS_PER_MILLI;
    }

    /** CPU time of half of the ADDs. */
    double addCpuMicros() {
        return percentile(adds, Ended::cpuMicros, 50);
    }

    double delMillis() {
        return percentile(dels, Ended::wallNanos, 50) / NANOS_PER_MILLI;
    }

    /** By nearest rank: the smallest that at least so many percent do not exceed. */
    static double percentile(List<Ended> runs, ToLongFunction<Ended> value, int percent) {
        long[] sorted = runs.stream().mapToLong(value).sorted().toArray();
        return sorted[Math.ceilDiv(sorted.length * percent, 100) - 1];
    }
}
