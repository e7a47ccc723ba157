// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import org.l34gateway.linux.Libc;
import org.l34gateway.linux.bpf.Bpf.Attributes;
import org.l34gateway.linux.bpf.Bpf.Command;

/**
 * A program at an interface, behind those that are there already and before everything else that sees packets as they come in
 * (TCX ingress, Linux 6.6). When this is closed, or its process is gone, so is the program. It does not follow an interface that is
 * made anew.
 */
public final class TcxLink implements AutoCloseable {
    /** What a program returns that leaves the packet to what comes next. */
    public static final int TCX_NEXT = -1;

    private static final int BPF_TCX_INGRESS = 46;

    private final int fd;

    private TcxLink(int fd) {
        this.fd = fd;
    }

    /**
     * Attaches it.
     *
     * @param ifindex of the interface, in the calling thread's namespace
     * @throws org.l34gateway.netlink.KernelRefused when there is no such interface, or the kernel has no TCX
     */
    public static TcxLink attach(BpfProgram program, int ifindex) {
        Attributes attributes =
                new Attributes(32).u32(0, program.fd()).u32(4, ifindex).u32(8, BPF_TCX_INGRESS);
        return new TcxLink(
                Bpf.demand(Command.BPF_LINK_CREATE, attributes, program.name() + " at interface " + ifindex));
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
