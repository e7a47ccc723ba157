// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import static org.l34gateway.linux.bpf.Register.R1;
import static org.l34gateway.linux.bpf.Register.R10;
import static org.l34gateway.linux.bpf.Register.R2;
import static org.l34gateway.linux.bpf.Register.R3;
import static org.l34gateway.linux.bpf.Register.R4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.bpf.Assembler;
import org.l34gateway.linux.bpf.BpfProgram;
import org.l34gateway.linux.bpf.Instruction.Size;
import org.l34gateway.linux.bpf.KernelFunction;
import org.l34gateway.linux.bpf.TcxLink;

/** An eBPF program that sends every packet to one neighbour. */
final class RedirectProgram {
    /** struct bpf_redir_neigh: the family and 16 bytes for the address. */
    private static final int NEIGHBOUR_BYTES = 20;

    private static final int NEIGHBOUR = -24;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private RedirectProgram() {}

    /** In the calling thread's namespace. */
    static TcxLink attach(int from, int to, IpAddress neighbour) {
        ByteBuffer address =
                ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).put(neighbour.toBytes());
        Assembler program =
                new Assembler().store(Size.W, R10, NEIGHBOUR, neighbour.family() == IpFamily.IPV4 ? AF_INET : AF_INET6);
        for (int at = 0; at < address.capacity(); at += Integer.BYTES) {
            program.store(Size.W, R10, NEIGHBOUR + Integer.BYTES + at, address.getInt(at));
        }
        program.move(R1, to).move(R2, R10, NEIGHBOUR).move(R3, NEIGHBOUR_BYTES).move(R4, 0);
        program.call(KernelFunction.REDIRECT_NEIGH).exit();
        // The link keeps the program.
        try (BpfProgram loaded = BpfProgram.load("redirects", program)) {
            return TcxLink.attach(loaded, from);
        }
    }
}
