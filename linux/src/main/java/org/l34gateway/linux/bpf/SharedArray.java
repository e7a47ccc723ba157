// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import com.sun.jna.Pointer;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.l34gateway.linux.Libc;
import org.l34gateway.netlink.KernelRefused;

/**
 * An array map whose memory is this process's, too: a number of 32 bits is read and written in place, and programs see the old one
 * or the new one. Not for use by several threads at once.
 */
public final class SharedArray implements AutoCloseable {
    private static final long PAGE_BYTES = 4096;

    private final BpfMap map;
    private final int values;
    private final int valueBytes;
    private final Pointer memory;
    private final long bytes;
    private final ByteBuffer words;
    private boolean closed;

    private SharedArray(BpfMap map, int values, int valueBytes, Pointer memory, long bytes) {
        this.map = map;
        this.values = values;
        this.valueBytes = valueBytes;
        this.memory = memory;
        this.bytes = bytes;
        this.words = memory.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    }

    /**
     * All zeros.
     *
     * @param name for humans, at most 15 letters, digits, {@code _} and {@code .}
     * @param valueBytes of each; programs find values in steps of this, rounded up to 8
     * @param values at most as many as fit 2 GiB
     * @throws KernelRefused when the kernel gives none
     */
    public static SharedArray create(String name, int valueBytes, int values) {
        int step = (valueBytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        long bytes = ((long) step * values + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(name + " would have " + bytes + " bytes");
        }
        BpfMap map = BpfMap.array(name, valueBytes, values);
        long address = Libc.mmapShared(map.fd(), bytes);
        if (address < 0) {
            map.close();
            throw new KernelRefused("mmap", name, (int) -address);
        }
        return new SharedArray(map, values, step, new Pointer(address), bytes);
    }

    /** The same as the kernel gives it out. */
    BpfMap map() {
        return map;
    }

    /** For programs. */
    public MapReference reference() {
        return map.reference();
    }

    /** How many values there are. */
    public int values() {
        return values;
    }

    /** A number of a value. */
    public int get(int value, int word) {
        return words.getInt(offset(value, word));
    }

    /** Writes a number of a value. */
    public void set(int value, int word, int number) {
        words.putInt(offset(value, word), number);
    }

    /** What was written before is seen by every program that sees what is written after. */
    public void fence() {
        VarHandle.releaseFence();
    }

    private int offset(int value, int word) {
        // What is unmapped must not be touched.
        if (closed) {
            throw new IllegalStateException(map.name() + " is closed");
        }
        return value * valueBytes + word * Integer.BYTES;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.munmap(memory, bytes);
            map.close();
        }
    }
}
