// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.util.List;

/**
 * Packets of flows in turn.
 *
 * @param payload bytes of each datagram
 * @param atOnce how many are sent with one system call
 */
record Traffic(List<Frames.Flow> flows, int payload, int atOnce) {
    /** When it does not matter. */
    private static final int MANY = 250;

    Traffic {
        flows = List.copyOf(flows);
    }

    /** Shortest frames. */
    static Traffic of(List<Frames.Flow> flows) {
        return new Traffic(
                flows, Frames.shortestPayload(flows.getFirst().source().family()), MANY);
    }

    Traffic withPayload(int bytes) {
        return new Traffic(flows, bytes, atOnce);
    }

    Traffic sentAtOnce(int packets) {
        return new Traffic(flows, payload, packets);
    }

    List<byte[]> frames(Frames.Wire wire) {
        return flows.stream().map(flow -> Frames.udp(wire, flow, payload)).toList();
    }
}
