// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.l34gateway.linux.bpf.Instruction.Condition.JEQ;
import static org.l34gateway.linux.bpf.Instruction.Condition.JGT;
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
import org.l34gateway.linux.bpf.TcxLink;

/**
 * Writes the program. A packet that it sends on it has looked at completely before it changes a byte of it; every other one
 * it returns as it was.
 *
 * <p>Registers: R6 the packet's context, R7 its first byte, at last the target; R8 the entry of the service; R9 of its key,
 * then the place in a row, then the mark.
 * The hash has R1 to R3 and works with R4 and R5.
 */
final class StageProgram {
    // struct __sk_buff of linux/bpf.h
    private static final int LEN = 0;
    private static final int PKT_TYPE = 4;
    private static final int PROTOCOL = 16;
    private static final int VLAN_PRESENT = 20;
    private static final int DATA = 76;
    private static final int DATA_END = 80;
    private static final int GSO_SIZE = 176;

    private static final int ETHERNET = 14;
    private static final int ETH_P_IP = 0x0800;
    private static final int ETH_P_IPV6 = 0x86DD;
    private static final int VIP6 = ETHERNET + 24;
    private static final int SCTP = 132;

    /** What functions of the kernel want to have in memory. */
    private static final int KEY = -4;

    private final Label next = new Label("next");
    private final Maps maps;
    private final StageShape shape;
    private final Assembler program = new Assembler();

    /** What the program looks at. */
    record Maps(
            MapReference services4,
            MapReference services6,
            MapReference slots,
            MapReference targets,
            MapReference flowCounts,
            MapReference targetCounts) {
        private MapReference services(IpFamily family) {
            return family == IpFamily.IPV4 ? services4 : services6;
        }
    }

    private StageProgram(Maps maps, StageShape shape) {
        this.maps = maps;
        this.shape = shape;
    }

    static Assembler write(Maps maps, StageShape shape) {
        return new StageProgram(maps, shape).program();
    }

    private Assembler program() {
        Label ipv6 = new Label("ipv6");
        program.move(R6, R1);
        // Of frames for others, and of VLANs that have an interface of their own, this interface is not the owner.
        program.load(W, R1, R6, PKT_TYPE).jump(R1, JNE, 0, next);
        program.load(W, R1, R6, VLAN_PRESENT).jump(R1, JNE, 0, next);
        program.load(W, R7, R6, DATA).load(W, R8, R6, DATA_END);
        program.load(W, R1, R6, PROTOCOL);
        program.jump(R1, JEQ, network(ETH_P_IPV6), ipv6).jump(R1, JNE, network(ETH_P_IP), next);
        parse4();
        send(IpFamily.IPV4);
        program.at(ipv6);
        parse6();
        send(IpFamily.IPV6);
        return program.at(next).move(R0, TcxLink.TCX_NEXT).exit();
    }

    /** A number of 16 bits as it is read from a packet. */
    private static int network(int number) {
        return Short.toUnsignedInt(Short.reverseBytes((short) number));
    }

    /** Goes on with packets that are whole, have no options, and live longer than one hop; R1 and R9 have the key. */
    private void parse4() {
        within(ETHERNET + 20 + 4);
        program.load(B, R1, R7, ETHERNET).jump(R1, JNE, 0x45, next);
        // "More fragments" and the offset of a fragment.
        program.load(H, R1, R7, ETHERNET + 6).compute(R1, AND, network(0x3FFF)).jump(R1, JNE, 0, next);
        program.load(B, R1, R7, ETHERNET + 8).jump(R1, JLE, 1, next);
        complete(ETHERNET + 2, ETHERNET);
        program.load(W, R1, R7, ETHERNET + 16);
        port(ETHERNET + 9, ETHERNET + 20 + 2);
        program.compute(R9, LSH, Integer.SIZE).compute(R9, OR, R1);
        program.move(R1, R9);
        mix64();
    }

    /** The same. An extension is no protocol of a service, so its packets find none. */
    private void parse6() {
        within(ETHERNET + 40 + 4);
        program.load(B, R1, R7, ETHERNET + 7).jump(R1, JLE, 1, next);
        complete(ETHERNET + 4, ETHERNET + 40);
        program.load(DW, R1, R7, VIP6);
        mix64();
        program.load(DW, R2, R7, VIP6 + Long.BYTES).compute(R1, ADD, R2);
        mix64();
        port(ETHERNET + 6, ETHERNET + 40 + 2);
        program.compute(R1, ADD, R9);
        mix64();
    }

    /** Protocol and port in R9, as a {@link ServiceEntry} has them. */
    private void port(int protocolField, int portField) {
        program.load(B, R9, R7, protocolField).compute(R9, LSH, Short.SIZE);
        program.load(H, R2, R7, portField).compute(R9, OR, R2);
    }

    /** Of R1, {@link ServiceEntry#bucket}. */
    private void mix64() {
        program.compute(R1, MUL, ServiceEntry.MULTIPLIER).move(R2, R1);
        program.compute(R2, RSH, Integer.SIZE).compute(R1, XOR, R2);
    }

    /** The entry of the service in R8, or next. R9 has the key of IPv4, and of IPv6 what the packet does not have in one place. */
    private void find(IpFamily family) {
        ServiceEntry entry = ServiceEntry.of(family);
        Label found = new Label("found_" + family);
        program.compute(R1, MUL, ServiceEntry.MULTIPLIER).compute(R1, RSH, ServiceEntry.shift(shape.buckets()));
        program.store(W, R10, KEY, R1).loadMap(R1, maps.services(family));
        found(KEY);
        program.move(R8, R0);
        for (int i = 0; i < ServiceTable.ENTRIES; i++) {
            Label other = new Label("not_" + i + "_" + family);
            if (family == IpFamily.IPV4) {
                program.load(DW, R1, R8, 0).jump(R1, JEQ, R9, found);
            } else {
                program.load(W, R1, R8, entry.portWord() * Integer.BYTES).jump(R1, JNE, R9, other);
                program.load(DW, R1, R8, 0).load(DW, R2, R7, VIP6).jump(R1, JNE, R2, other);
                program.load(DW, R1, R8, Long.BYTES)
                        .load(DW, R2, R7, VIP6 + Long.BYTES)
                        .jump(R1, JEQ, R2, found);
                program.at(other);
            }
            // Without CAP_PERFMON no pointer may leave the bucket.
            if (i < ServiceTable.ENTRIES - 1) {
                program.compute(R8, ADD, entry.bytes());
            }
        }
        program.jump(next).at(found);
    }

    /** So many bytes of the frame can be read in place. */
    private void within(int bytes) {
        program.move(R1, R7, bytes).jump(R1, JGT, R8, next);
    }

    /** The frame has all bytes that its header tells of; 0 stands for a length that does not fit (RFC 2675, BIG TCP). */
    private void complete(int lengthField, int beside) {
        program.load(H, R1, R7, lengthField).toNetworkOrder(R1, 16).compute(R1, ADD, beside);
        program.load(W, R2, R6, LEN).jump(R1, JGT, R2, next);
    }

    private void send(IpFamily family) {
        find(family);
        fits(family);
        hash(family);
        pick(family);
        target(family);
        decreaseHopLimit(family);
        program.load(W, R8, R8, ServiceEntry.of(family).offset(Value.COUNTER));
        count(maps.flowCounts(), R8, new Label("flow_counted_" + family));
        count(maps.targetCounts(), R9, new Label("target_counted_" + family));
        program.move(R1, shape.internalIndex())
                .move(R2, R7)
                .move(R3, Target.BYTES)
                .move(R4, 0);
        program.call(KernelFunction.REDIRECT_NEIGH).exit();
    }

    /** Looks up what R1 says and the stack has; R0 is not null. */
    private void found(int key) {
        program.move(R2, R10, key).call(KernelFunction.MAP_LOOKUP_ELEM).jump(R0, JEQ, 0, next);
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
        int source = ETHERNET + (ipv4 ? 12 : 8);
        int portsField = ETHERNET + (ipv4 ? 20 : 40);
        program.load(B, R1, R7, ETHERNET + (ipv4 ? 9 : 6)).jump(R1, JEQ, SCTP, ports);
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
        found(KEY);
        program.compute(R0, ADD, R9).load(H, R9, R0, 0);
    }

    /** From the mark in R9 to the address of a target in R0, or next: no address is at the mark of a slot that is elsewhere. */
    private void target(IpFamily family) {
        program.store(W, R10, KEY, R9).loadMap(R1, maps.targets());
        found(KEY);
        program.load(W, R1, R0, 0).jump(R1, JNE, Target.family(family), next);
    }

    /** From here on the packet is ours. R0 goes to R7. */
    private void decreaseHopLimit(IpFamily family) {
        boolean ipv4 = family == IpFamily.IPV4;
        int field = ETHERNET + (ipv4 ? 8 : 7);
        program.load(B, R1, R7, field).compute(R1, SUB, 1).store(B, R7, field, R1);
        if (ipv4) {
            // RFC 1624, of a word whose upper byte, the first in the packet, is 1 less.
            Label folded = new Label("folded");
            program.load(H, R1, R7, ETHERNET + 10).compute(R1, ADD, network(0x0100));
            program.jump(R1, JLE, 0xFFFE, folded).compute(R1, ADD, 1).at(folded);
            program.store(H, R7, ETHERNET + 10, R1);
            program.move(R7, R0);
        } else {
            // IPv6 has no checksum that would keep the sum of the packet as it was.
            program.move(R7, R0);
            program.move(R1, R6).move(R2, ~network(0x0001)).call(KernelFunction.CSUM_UPDATE);
        }
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
