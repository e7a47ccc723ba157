// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import com.sun.jna.Memory;
import org.l34gateway.linux.Libc;
import org.l34gateway.linux.bpf.Bpf.Attributes;
import org.l34gateway.linux.bpf.Bpf.Command;
import org.l34gateway.netlink.Errno;

/**
 * A map that programs and this process share; it lives as long as one of them has it. Its keys are numbers of 32 bits from 0 on,
 * all of which are there.
 */
final class BpfMap implements AutoCloseable {
    private static final int BPF_MAP_TYPE_ARRAY = 2;
    private static final int BPF_MAP_TYPE_PERCPU_ARRAY = 6;
    private static final int BPF_F_MMAPABLE = 1 << 10;

    private final int fd;
    private final String name;

    private BpfMap(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /** Memory that can be mapped. */
    static BpfMap array(String name, int valueBytes, int values) {
        return create(BPF_MAP_TYPE_ARRAY, name, valueBytes, values, BPF_F_MMAPABLE);
    }

    /** Each CPU has its own values. */
    static BpfMap perCpuArray(String name, int valueBytes, int values) {
        return create(BPF_MAP_TYPE_PERCPU_ARRAY, name, valueBytes, values, 0);
    }

    private static BpfMap create(int type, String name, int valueBytes, int values, int flags) {
        Attributes attributes = new Attributes(48)
                .u32(0, type)
                .u32(4, Integer.BYTES)
                .u32(8, valueBytes)
                .u32(12, values)
                .u32(16, flags)
                .name(28, name);
        String about = name + " of " + values + " times " + valueBytes + " bytes";
        return new BpfMap(Bpf.demand(Command.BPF_MAP_CREATE, attributes, about), name);
    }

    int fd() {
        return fd;
    }

    String name() {
        return name;
    }

    MapReference reference() {
        return new MapReference(name, fd);
    }

    /** Reads a value, of all CPUs if there are several; returns 0 or -ENOENT. */
    int lookUp(Memory key, Memory value) {
        Attributes attributes = new Attributes(32).u32(0, fd).pointer(8, key).pointer(16, value);
        int result = Bpf.call(Command.BPF_MAP_LOOKUP_ELEM, attributes);
        if (result < 0 && result != -Errno.ENOENT) {
            throw Bpf.refused(Command.BPF_MAP_LOOKUP_ELEM, name, -result, "");
        }
        return result;
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
