// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.l34gateway.balancer.ebpf.PacketCode.ETHERNET;
import static org.l34gateway.balancer.ebpf.PacketCode.GSO_SIZE;
import static org.l34gateway.balancer.ebpf.PacketCode.KEY;
import static org.l34gateway.balancer.ebpf.PacketCode.LEN;
import static org.l34gateway.linux.bpf.Instruction.Condition.JEQ;
import static org.l34gateway.linux.bpf.Instruction.Condition.JLE;
import static org.l34gateway.linux.bpf.Instruction.Condition.JNE;
import static org.l34gateway.linux.bpf.Instruction.Operation.ADD;
import static org.l34gateway.linux.bpf.Instruction.Operation.AND;
import static org.l34gateway.linux.bpf.Instruction.Operation.LSH;
import static org.l34gateway.linux.bpf.Instruction.Operation.MOV;
import static org.l34gateway.linux.bpf.Instruction.Operation.MUL;
import static org.l34gateway.linux.bpf.Instruction.Operation.OR;
import static org.l34gateway.linux.bpf.Instruction.Operation.RSH;
import static org.l34gateway.linux.bpf.Instruction.Operation.SUB;
import static org.l34gateway.linux.bpf.Instruction.Operation.XOR;
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

import org.l34gateway.balancer.ebpf.ServiceEntry.Value;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.bpf.Assembler;
import org.l34gateway.linux.bpf.CounterArray;
import org.l34gateway.linux.bpf.Instruction.Operation;
import org.l34gateway.linux.bpf.KernelFunction;
import org.l34gateway.linux.bpf.Label;
import org.l34gateway.linux.bpf.MapReference;
import org.l34gateway.linux.bpf.Register;

/**
 * Writes the program for requests. A packet that it sends on it has looked at completely before it changes a byte of it; every other
 * one it returns as it was.
 *
 * <p>Registers: as {@link PacketCode} has them, then R7 the target; R9 the place in a row, then the mark. The hash has R1 to R3 and
 * works with R4 and R5.
 */
final class StageProgram {
    private static final int SCTP = 132;

    private final Maps maps;
    private final StageShape shape;
    private final Assembler program = new Assembler();
    private final PacketCode packet;
    private final Label next;

    /** What the program looks at. */
    record Maps(
            MapReference services4,
            MapReference services6,
            MapReference slots,
            MapReference targets,
            MapReference flowCounts,
            MapReference targetCounts) {}

    private StageProgram(Maps maps, StageShape shape) {
        this.maps = maps;
        this.shape = shape;
        this.packet = new PacketCode(program, maps.services4(), maps.services6(), shape.buckets());
        this.next = packet.next();
    }

    static Assembler write(Maps maps, StageShape shape) {
        return new StageProgram(maps, shape).program();
    }

    private Assembler program() {
        return packet.program(this::send);
    }

    private void send(IpFamily family) {
        packet.whole(family);
        packet.port(family);
        packet.find(family, PacketCode.destination(family));
        fits(family);
        hash(family);
        pick(family);
        target(family);
        packet.decreaseHopLimit(family);
        program.move(R7, R0);
        packet.keepSum(family);
        program.load(W, R8, R8, ServiceEntry.of(family).offset(Value.COUNTER));
        count(maps.flowCounts(), R8, new Label("flow_counted_" + family));
        count(maps.targetCounts(), R9, new Label("target_counted_" + family));
        program.move(R1, shape.internalIndex())
                .move(R2, R7)
                .move(R3, Target.BYTES)
                .move(R4, 0);
        program.call(KernelFunction.REDIRECT_NEIGH).exit();
    }

    /** A large packet goes on if the kernel will cut it into pieces that fit, as what it has put together itself. */
    private void fits(IpFamily family) {
        Label fits = new Label("fits_" + family);
        program.load(W, R1, R6, LEN).jump(R1, JLE, shape.mtuBytes() + ETHERNET, fits);
        program.load(W, R1, R6, GSO_SIZE).jump(R1, JEQ, 0, next);
        program.store(W, R10, KEY, 0);
        program.move(R1, R6)
                .move(R2, shape.internalIndex())
                .move(R3, R10, KEY)
                .move(R4, 0)
                .move(R5, KernelFunction.EVERY_SEGMENT);
        program.call(KernelFunction.CHECK_MTU).jump(R0, JNE, 0, next);
        program.at(fits);
    }

    /** The hash of {@code program.FlowHash} in R3. */
    private void hash(IpFamily family) {
        Label ports = new Label("ports_" + family);
        Label done = new Label("hashed_" + family);
        boolean ipv4 = family == IpFamily.IPV4;
        int source = PacketCode.source(family);
        int portsField = PacketCode.ports(family);
        program.load(B, R1, R7, PacketCode.protocol(family)).jump(R1, JEQ, SCTP, ports);
        begin(family);
        if (ipv4) {
            add(source, source + 4, portsField);
        } else {
            add(source, source + 4, source + 8);
            mix();
            add(source + 12, source + 16, source + 20);
            mix();
            add(source + 24, source + 28, portsField);
        }
        finish();
        program.jump(done).at(ports);
        begin(family);
        program.load(W, R4, R7, portsField).compute32(R1, ADD, R4);
        finish();
        program.at(done);
    }

    private void begin(IpFamily family) {
        program.load(W, R1, R8, ServiceEntry.of(family).offset(Value.START));
        program.compute32(R2, MOV, R1).compute32(R3, MOV, R1);
    }

    private void add(int a, int b, int c) {
        program.load(W, R4, R7, a).compute32(R1, ADD, R4);
        program.load(W, R4, R7, b).compute32(R2, ADD, R4);
        program.load(W, R4, R7, c).compute32(R3, ADD, R4);
    }

    // Bob Jenkins' lookup3 as in linux/jhash.h, which nftables takes, too.

    private void mix() {
        mix(R1, R3, 4, R2);
        mix(R2, R1, 6, R3);
        mix(R3, R2, 8, R1);
        mix(R1, R3, 16, R2);
        mix(R2, R1, 19, R3);
        mix(R3, R2, 4, R1);
    }

    /** {@code x -= y; x ^= rotated y; y += z}. */
    private void mix(Register x, Register y, int left, Register z) {
        program.compute32(x, SUB, y);
        rotated(y, left, XOR, x);
        program.compute32(y, ADD, z);
    }

    private void finish() {
        finish(R3, R2, 14);
        finish(R1, R3, 11);
        finish(R2, R1, 25);
        finish(R3, R2, 16);
        finish(R1, R3, 4);
        finish(R2, R1, 14);
        finish(R3, R2, 24);
    }

    /** {@code x ^= y; x -= rotated y}. */
    private void finish(Register x, Register y, int left) {
        program.compute32(x, XOR, y);
        rotated(y, left, SUB, x);
    }

    /** There is no instruction that rotates. */
    private void rotated(Register from, int left, Operation operation, Register to) {
        program.compute32(R4, MOV, from).compute32(R4, LSH, left);
        program.compute32(R5, MOV, from).compute32(R5, RSH, Integer.SIZE - left);
        program.compute32(R4, OR, R5).compute32(to, operation, R4);
    }

    /** From the hash in R3 to the mark in R9. */
    private void pick(IpFamily family) {
        program.load(W, R4, R8, ServiceEntry.of(family).offset(Value.SLOTS))
                .compute(R3, MUL, R4)
                .compute(R3, RSH, Integer.SIZE);
        program.load(W, R4, R8, ServiceEntry.of(family).offset(Value.FIRST)).compute(R3, ADD, R4);
        program.move(R9, R3).compute(R9, AND, 2 * StageContent.ROW_WORDS - 1).compute(R9, LSH, 1);
        program.compute(R3, RSH, 4).store(W, R10, KEY, R3);
        program.loadMap(R1, maps.slots());
        packet.found(KEY);
        program.compute(R0, ADD, R9).load(H, R9, R0, 0);
    }

    /** From the mark in R9 to the address of a target in R0, or next: no address is at the mark of a slot that is elsewhere. */
    private void target(IpFamily family) {
        program.store(W, R10, KEY, R9).loadMap(R1, maps.targets());
        packet.found(KEY);
        program.load(W, R1, R0, 0).jump(R1, JNE, Target.family(family), next);
    }

    /** One packet more, and its bytes of the network layer. */
    private void count(MapReference counts, Register counter, Label counted) {
        program.move(R1, counter).compute(R1, RSH, CounterArray.BLOCK_BITS).store(W, R10, KEY, R1);
        program.loadMap(R1, counts)
                .move(R2, R10, KEY)
                .call(KernelFunction.MAP_LOOKUP_ELEM)
                .jump(R0, JEQ, 0, counted);
        program.compute(counter, AND, (1 << CounterArray.BLOCK_BITS) - 1).compute(counter, MUL, CounterArray.BYTES);
        program.compute(R0, ADD, counter);
        program.load(DW, R1, R0, 0).compute(R1, ADD, 1).store(DW, R0, 0, R1);
        program.load(W, R1, R6, LEN).compute(R1, SUB, ETHERNET);
        program.load(DW, R2, R0, Long.BYTES).compute(R2, ADD, R1).store(DW, R0, Long.BYTES, R2);
        program.at(counted);
    }

    /** struct bpf_redir_neigh: the family, 0 for nobody, and the address. */
    static final class Target {
        static final int BYTES = 20;
        static final int FAMILY = 0;
        static final int ADDRESS = 1;

        private Target() {}

        static int family(IpFamily family) {
            return family == IpFamily.IPV4 ? 2 : 10;
        }
    }
}
