// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.stream.Stream;
import org.l34gateway.ip.IpFamily;

/**
 * What is fixed when a stage is made. Numbers of elements are powers of two, because the kernel takes the memory of the next one
 * anyway.
 *
 * @param internalIndex interface towards the targets
 * @param mtuBytes its largest packet
 * @param rows of slots, 32 bytes each
 * @param targets one more than the largest mark
 * @param flows that are counted
 * @param buckets for services and VIPs, of each family
 */
record StageShape(int internalIndex, int mtuBytes, int rows, int targets, int flows, int buckets) {
    /** 32 MiB. Services whose slots find no room are left to nftables. */
    static final int MOST_ROWS = 1 << 20;

    /** 4 and 5 MiB; twice as many services and VIPs together have room. */
    static final int MOST_BUCKETS = 1 << 15;

    private static final int LEAST_ROWS = 1 << 10;
    private static final int LEAST = 1 << 8;

    /** The smallest shape that holds this. */
    static StageShape of(int internalIndex, int mtuBytes, StageContent content) {
        long rows =
                content.banks().values().stream().mapToLong(StageContent::rows).sum();
        int lastMark = content.targets().keySet().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        int entries = Stream.of(IpFamily.values())
                .mapToInt(family ->
                        content.services(family).size() + content.vips(family).size())
                .max()
                .orElse(0);
        return new StageShape(
                internalIndex,
                mtuBytes,
                powerOfTwo(LEAST_ROWS, Math.min(rows, MOST_ROWS)),
                powerOfTwo(LEAST, lastMark + 1L),
                powerOfTwo(LEAST, content.flows().size()),
                powerOfTwo(LEAST, Math.min(2L * entries, MOST_BUCKETS)));
    }

    /** Whether a stage of this shape can hold what wants another one. */
    boolean holds(StageShape other) {
        return internalIndex == other.internalIndex
                && mtuBytes == other.mtuBytes
                && rows >= other.rows
                && targets >= other.targets
                && flows >= other.flows
                && buckets >= other.buckets;
    }

    private static int powerOfTwo(int least, long atLeast) {
        long power = least;
        while (power < atLeast) {
            power *= 2;
        }
        return (int) power;
    }
}
