// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.l34gateway.bench.dataplane.Frames;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.program.Evaluator;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Packet;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.Target;

/**
 * Where the packets of each flow go under each program: the number of a target's address, {@link #NOWHERE} if they are
 * dropped.
 */
final class Ways {
    static final byte NOWHERE = 0;

    /** [program][flow] */
    private final byte[][] targets;

    private Ways(byte[][] targets) {
        this.targets = targets;
    }

    /** Works them out with all processors. */
    static Ways of(List<ForwardingProgram> programs, List<Frames.Flow> flows) {
        List<Packet> packets = flows.stream()
                .map(flow -> Packet.of(
                        Protocol.UDP, flow.source(), flow.sourcePort(), flow.destination(), flow.destinationPort()))
                .toList();
        byte[][] targets = new byte[programs.size()][packets.size()];
        IntStream.range(0, programs.size()).parallel().forEach(program -> {
            for (int flow = 0; flow < packets.size(); flow++) {
                targets[program][flow] = target(programs.get(program), packets.get(flow));
            }
        });
        return new Ways(targets);
    }

    private static byte target(ForwardingProgram program, Packet packet) {
        if (!(Evaluator.decide(program, packet) instanceof Evaluator.Reaches reaches)) {
            return NOWHERE;
        }
        Target target = program.groups().stream()
                .filter(group -> group.key().equals(reaches.group()))
                .flatMap(group -> group.targets().stream())
                .filter(each -> each.identifier() == reaches.identifier())
                .findFirst()
                .orElseThrow();
        IpAddress address = target.addresses().stream()
                .filter(each -> each.family() == packet.destination().family())
                .findFirst()
                .orElseThrow();
        byte[] bytes = address.toBytes();
        return bytes[bytes.length - 1];
    }

    /** Whether a packet may reach a target, or {@link #NOWHERE}, when the kernel holds one of these programs. */
    boolean allow(int oldest, int newest, int flow, int target) {
        for (int program = oldest; program <= newest; program++) {
            if (targets[program][flow] == target) {
                return true;
            }
        }
        return false;
    }

    /** Which targets that are, for a human. */
    List<Integer> allowed(int oldest, int newest, int flow) {
        List<Integer> allowed = new ArrayList<>();
        for (int program = oldest; program <= newest; program++) {
            allowed.add((int) targets[program][flow]);
        }
        return allowed;
    }
}
