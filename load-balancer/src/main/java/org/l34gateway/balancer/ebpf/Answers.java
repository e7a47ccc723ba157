// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import org.l34gateway.linux.bpf.BpfProgram;
import org.l34gateway.linux.bpf.MapReference;
import org.l34gateway.linux.bpf.TcxLink;

/**
 * The program for answers, at the internal interface.
 *
 * @param routes its constants
 */
record Answers(AnswerRoutes routes, BpfProgram program, TcxLink link) implements AutoCloseable {
    /**
     * Sees answers from now on. Interfaces are those of the calling thread's namespace.
     *
     * @throws org.l34gateway.netlink.KernelRefused when the kernel refuses it
     */
    static Answers attach(MapReference services4, MapReference services6, int buckets, AnswerRoutes routes) {
        BpfProgram program = BpfProgram.load("l34_answers", AnswerProgram.write(services4, services6, buckets, routes));
        try {
            return new Answers(routes, program, TcxLink.attach(program, routes.internal()));
        } catch (RuntimeException refused) {
            program.close();
            throw refused;
        }
    }

    /** Answers go to nftables from now on. */
    @Override
    public void close() {
        link.close();
        program.close();
    }
}
