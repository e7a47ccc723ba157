// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.jna.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.l34gateway.linux.nftables.Nftables.Count;

/**
 * Counters that programs add to, two numbers of 64 bits each: packets and their bytes. Each CPU counts by itself, so that none waits
 * for another. A value of the map is a block of counters: where each of them is costs a CPU no memory of its own.
 */
public final class CounterArray implements AutoCloseable {
    /** Of one counter on one CPU: two numbers of 64 bits. */
    public static final int BYTES = 2 * Long.BYTES;
    /** Counter n is in block {@code n >> BLOCK_BITS}. */
    public static final int BLOCK_BITS = 10;

    private static final int BLOCK_BYTES = BYTES << BLOCK_BITS;

    private final BpfMap map;
    private final int blocks;
    private final int cpus;

    private CounterArray(BpfMap map, int blocks, int cpus) {
        this.map = map;
        this.blocks = blocks;
        this.cpus = cpus;
    }

    /** All zeros; at least as many as are wanted. */
    public static CounterArray create(String name, int counters) {
        int cpus = possibleCpus();
        int blocks = ((counters - 1) >> BLOCK_BITS) + 1;
        return new CounterArray(BpfMap.perCpuArray(name, BLOCK_BYTES, blocks), blocks, cpus);
    }

    /** For programs. */
    public MapReference reference() {
        return map.reference();
    }

    /** The sums over all CPUs, by the counter. */
    public List<Count> read() {
        List<Count> counts = new ArrayList<>();
        try (Memory key = new Memory(Integer.BYTES);
                Memory value = new Memory((long) BLOCK_BYTES * cpus)) {
            for (int block = 0; block < blocks; block++) {
                key.setInt(0, block);
                int _ = map.lookUp(key, value);
                for (long at = 0; at < BLOCK_BYTES; at += BYTES) {
                    counts.add(sum(value, at));
                }
            }
        }
        return counts;
    }

    private Count sum(Memory block, long at) {
        long packets = 0;
        long bytes = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            packets += block.getLong((long) BLOCK_BYTES * cpu + at);
            bytes += block.getLong((long) BLOCK_BYTES * cpu + at + Long.BYTES);
        }
        return new Count(packets, bytes);
    }

    @Override
    public void close() {
        map.close();
    }

    /** CPUs that may ever be there: the kernel writes a number for each of them. */
    private static int possibleCpus() {
        try {
            return lastCpu(Files.readString(Path.of("/sys/devices/system/cpu/possible"), US_ASCII)) + 1;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The last of a list such as {@code 0-3,8-11}. */
    static int lastCpu(String list) {
        String text = list.strip();
        return Integer.parseInt(text.substring(Math.max(text.lastIndexOf('-'), text.lastIndexOf(',')) + 1));
    }
}
