// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import com.sun.jna.Memory;
import java.util.List;
import org.l34gateway.linux.Libc;
import org.l34gateway.linux.bpf.Bpf.Attributes;
import org.l34gateway.linux.bpf.Bpf.Command;
import org.l34gateway.netlink.KernelRefused;

/** A program that sees packets at an interface (BPF_PROG_TYPE_SCHED_CLS). It keeps its maps alive, and a link keeps it. */
public final class BpfProgram implements AutoCloseable {
    private static final int BPF_PROG_TYPE_SCHED_CLS = 3;
    private static final int INSTRUCTION_BYTES = 8;
    private static final int LOG_BYTES = 1 << 18;
    private static final int LOG_LINES = 6;

    private final int fd;
    private final String name;

    private BpfProgram(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /**
     * Has the kernel verify and compile a program.
     *
     * @param name for humans, at most 15 letters, digits, {@code _} and {@code .}
     * @throws KernelRefused with the end of what the verifier says
     */
    public static BpfProgram load(String name, Assembler program) {
        byte[] code = program.encode();
        try (Memory instructions = new Memory(code.length);
                // Some of what it calls is for programs under the GPL or a compatible licence only.
                Memory licence = new Memory(16)) {
            instructions.write(0, code, 0, code.length);
            licence.setString(0, "Dual BSD/GPL");
            Attributes attributes = new Attributes(72)
                    .u32(0, BPF_PROG_TYPE_SCHED_CLS)
                    .u32(4, code.length / INSTRUCTION_BYTES)
                    .pointer(8, instructions)
                    .pointer(16, licence)
                    .name(48, name);
            int fd = Bpf.call(Command.BPF_PROG_LOAD, attributes);
            // The log is asked for only when there is something to say: it makes loading slower.
            return fd < 0 ? again(name, attributes) : new BpfProgram(fd, name);
        }
    }

    private static BpfProgram again(String name, Attributes attributes) {
        try (Memory log = new Memory(LOG_BYTES)) {
            log.clear();
            attributes.u32(24, 1).u32(28, LOG_BYTES).pointer(32, log);
            int fd = Bpf.call(Command.BPF_PROG_LOAD, attributes);
            if (fd < 0) {
                List<String> lines = log.getString(0).lines().toList();
                String end = String.join("; ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
                String reason = end.isEmpty() ? Bpf.reason(Command.BPF_PROG_LOAD, -fd) : end;
                throw Bpf.refused(Command.BPF_PROG_LOAD, name, -fd, reason);
            }
            return new BpfProgram(fd, name);
        }
    }

    int fd() {
        return fd;
    }

    public String name() {
        return name;
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
