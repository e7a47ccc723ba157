// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.l34gateway.balancer.ebpf.PacketCode.ETHERNET;
import static org.l34gateway.balancer.ebpf.PacketCode.GSO_SIZE;
import static org.l34gateway.balancer.ebpf.PacketCode.KEY;
import static org.l34gateway.balancer.ebpf.PacketCode.LEN;
import static org.l34gateway.linux.bpf.Instruction.Condition.JEQ;
import static org.l34gateway.linux.bpf.Instruction.Condition.JGE;
import static org.l34gateway.linux.bpf.Instruction.Condition.JLE;
import static org.l34gateway.linux.bpf.Instruction.Condition.JNE;
import static org.l34gateway.linux.bpf.Instruction.Operation.AND;
import static org.l34gateway.linux.bpf.Instruction.Size.B;
import static org.l34gateway.linux.bpf.Instruction.Size.DW;
import static org.l34gateway.linux.bpf.Instruction.Size.H;
import static org.l34gateway.linux.bpf.Instruction.Size.W;
import static org.l34gateway.linux.bpf.Register.R0;
import static org.l34gateway.linux.bpf.Register.R1;
import static org.l34gateway.linux.bpf.Register.R10;
import static org.l34gateway.linux.bpf.Register.R2;
import static org.l34gateway.linux.bpf.Register.R3;
import static org.l34gateway.linux.bpf.Register.R4;
import static org.l34gateway.linux.bpf.Register.R5;
import static org.l34gateway.linux.bpf.Register.R6;
import static org.l34gateway.linux.bpf.Register.R7;
import static org.l34gateway.linux.bpf.Register.R8;
import static org.l34gateway.linux.bpf.Register.R9;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.l34gateway.balancer.ebpf.StageProgram.Target;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.bpf.Assembler;
import org.l34gateway.linux.bpf.Instruction.Size;
import org.l34gateway.linux.bpf.KernelFunction;
import org.l34gateway.linux.bpf.Label;
import org.l34gateway.linux.bpf.MapReference;
import org.l34gateway.program.Protocol;

/**
 * Writes the program for answers. The kernel's own table says where they go, as of those that nftables marks: so a route that changes
 * does so for both, and a flow stays with its next hop.
 *
 * <p>Registers: as {@link PacketCode} has them, then R8 the interface where the packet leaves.
 */
final class AnswerProgram {
    /** struct bpf_fib_lookup of linux/bpf.h, on the stack. */
    private static final int LOOKUP = -72;

    private static final int LOOKUP_BYTES = 64;
    private static final int FAMILY = LOOKUP;
    private static final int PROTOCOL = LOOKUP + 1;
    private static final int SOURCE_PORT = LOOKUP + 2;
    private static final int DESTINATION_PORT = LOOKUP + 4;
    /** Length in, MTU of the way out. */
    private static final int LENGTH = LOOKUP + 6;

    private static final int INTERFACE = LOOKUP + 8;
    /** Type of Service, or traffic class and flow label. */
    private static final int FLOW_INFO = LOOKUP + 12;

    private static final int SOURCE = LOOKUP + 16;
    /** Destination in, next hop out. */
    private static final int DESTINATION = LOOKUP + 32;

    private static final int TABLE = LOOKUP + 48;
    /** Where a {@link Target} begins whose address is the next hop. */
    private static final int TARGET = DESTINATION - Integer.BYTES;

    /** The first byte of other addresses than of multicast and reserved ones is less (RFC 1112 §4). */
    private static final int MULTICAST = 224;

    private static final int LOOPBACK = 127;

    private final AnswerRoutes routes;
    private final Assembler program = new Assembler();
    private final PacketCode packet;
    private final Label next;

    private AnswerProgram(MapReference services4, MapReference services6, int buckets, AnswerRoutes routes) {
        this.routes = routes;
        this.packet = new PacketCode(program, services4, services6, buckets);
        this.next = packet.next();
    }

    /**
     * Writes it.
     *
     * @param buckets of each {@link ServiceTable}
     */
    static Assembler write(MapReference services4, MapReference services6, int buckets, AnswerRoutes routes) {
        return new AnswerProgram(services4, services6, buckets, routes).program();
    }

    private Assembler program() {
        return packet.program(this::send);
    }

    private void send(IpFamily family) {
        packet.whole(family);
        hasPorts(family);
        isForOthers(family);
        program.move(R9, ServiceEntry.VIP_WORD);
        packet.find(family, PacketCode.source(family));
        route(family);
        leavesOutside(family);
        fits(family);
        packet.decreaseHopLimit(family);
        packet.keepSum(family);
        program.load(B, R1, R10, FAMILY).store(W, R10, TARGET, R1);
        program.move(R1, R8).move(R2, R10, TARGET).move(R3, Target.BYTES).move(R4, 0);
        program.call(KernelFunction.REDIRECT_NEIGH).exit();
    }

    private void hasPorts(IpFamily family) {
        Label ports = new Label("ports_" + family);
        program.load(B, R1, R7, PacketCode.protocol(family));
        for (Protocol protocol : Protocol.values()) {
            program.jump(R1, JEQ, protocol.number(), ports);
        }
        program.jump(next).at(ports);
    }

    /** What the kernel asks before it asks for the table of answers. Of what is never forwarded it looks at IPv6 by itself. */
    private void isForOthers(IpFamily family) {
        if (family == IpFamily.IPV4) {
            program.load(B, R1, R7, PacketCode.destination(family));
            program.jump(R1, JGE, MULTICAST, next).jump(R1, JEQ, LOOPBACK, next).jump(R1, JEQ, 0, next);
        }
        routes.own().stream().filter(own -> own.family() == family).forEach(own -> isNot(own, new Label("not_" + own)));
    }

    /** The last words first: they differ most. */
    private void isNot(IpPrefix own, Label other) {
        ByteBuffer address = ByteBuffer.wrap(own.address().toBytes()).order(ByteOrder.nativeOrder());
        int destination = PacketCode.destination(own.family());
        for (int at = (Math.max(own.length(), 1) - 1) / Integer.SIZE * Integer.BYTES; at >= 0; at -= Integer.BYTES) {
            program.load(W, R1, R7, destination + at);
            int bits = Math.min(Integer.SIZE, own.length() - at * Byte.SIZE);
            if (bits < Integer.SIZE) {
                program.compute32(R1, AND, Integer.reverseBytes(bits == 0 ? 0 : -1 << (Integer.SIZE - bits)));
            }
            boolean last = at == 0;
            program.jump32(R1, last ? JEQ : JNE, address.getInt(at), last ? next : other);
        }
        program.at(other);
    }

    /** Asks for the way of the answer. Neighbours that are not known are left to the kernel, which answers for those that never are. */
    private void route(IpFamily family) {
        boolean ipv4 = family == IpFamily.IPV4;
        for (int at = LOOKUP; at < LOOKUP + LOOKUP_BYTES; at += Long.BYTES) {
            program.store(DW, R10, at, 0);
        }
        program.store(B, R10, FAMILY, Target.family(family));
        copy(B, PacketCode.protocol(family), PROTOCOL);
        copy(H, PacketCode.ports(family), SOURCE_PORT);
        copy(H, PacketCode.ports(family) + Short.BYTES, DESTINATION_PORT);
        // Any length lets the kernel tell the MTU, which is that of the route.
        program.store(H, R10, LENGTH, 1);
        program.store(W, R10, INTERFACE, routes.internal());
        if (ipv4) {
            copy(B, ETHERNET + 1, FLOW_INFO);
            copy(W, PacketCode.source(family), SOURCE);
            copy(W, PacketCode.destination(family), DESTINATION);
        } else {
            program.load(W, R1, R7, ETHERNET).compute(R1, AND, ~0xF0).store(W, R10, FLOW_INFO, R1);
            for (int at = 0; at < family.bytes(); at += Long.BYTES) {
                copy(DW, PacketCode.source(family) + at, SOURCE + at);
                copy(DW, PacketCode.destination(family) + at, DESTINATION + at);
            }
        }
        program.store(W, R10, TABLE, routes.table());
        program.move(R1, R6).move(R2, R10, LOOKUP).move(R3, LOOKUP_BYTES).move(R4, KernelFunction.FROM_TABLE);
        program.call(KernelFunction.FIB_LOOKUP).jump(R0, JNE, 0, next);
    }

    private void copy(Size size, int from, int to) {
        program.load(size, R1, R7, from).store(size, R10, to, R1);
    }

    private void leavesOutside(IpFamily family) {
        Label outside = new Label("outside_" + family);
        program.load(W, R8, R10, INTERFACE);
        routes.external().forEach(index -> program.jump(R8, JEQ, index, outside));
        program.jump(next).at(outside);
    }

    /**
     * A large packet goes on if the kernel will cut it into pieces that fit, as what it has put together itself. It measures them by the
     * interface; if the route has another MTU than that, nftables has the packet.
     */
    private void fits(IpFamily family) {
        Label fits = new Label("fits_" + family);
        program.load(H, R9, R10, LENGTH);
        program.move(R1, R9, ETHERNET).load(W, R2, R6, LEN).jump(R2, JLE, R1, fits);
        program.load(W, R1, R6, GSO_SIZE).jump(R1, JEQ, 0, next);
        program.store(W, R10, KEY, 0);
        program.move(R1, R6).move(R2, R8).move(R3, R10, KEY).move(R4, 0).move(R5, KernelFunction.EVERY_SEGMENT);
        program.call(KernelFunction.CHECK_MTU).jump(R0, JNE, 0, next);
        program.load(W, R1, R10, KEY).jump(R1, JNE, R9, next);
        program.at(fits);
    }
}
