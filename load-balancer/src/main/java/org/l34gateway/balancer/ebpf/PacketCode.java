// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.l34gateway.linux.bpf.Instruction.Condition.JEQ;
import static org.l34gateway.linux.bpf.Instruction.Condition.JGT;
import static org.l34gateway.linux.bpf.Instruction.Condition.JLE;
import static org.l34gateway.linux.bpf.Instruction.Condition.JNE;
import static org.l34gateway.linux.bpf.Instruction.Operation.ADD;
import static org.l34gateway.linux.bpf.Instruction.Operation.AND;
import static org.l34gateway.linux.bpf.Instruction.Operation.LSH;
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
import static org.l34gateway.linux.bpf.Register.R6;
import static org.l34gateway.linux.bpf.Register.R7;
import static org.l34gateway.linux.bpf.Register.R8;
import static org.l34gateway.linux.bpf.Register.R9;

import java.util.function.Consumer;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.bpf.Assembler;
import org.l34gateway.linux.bpf.KernelFunction;
import org.l34gateway.linux.bpf.Label;
import org.l34gateway.linux.bpf.MapReference;
import org.l34gateway.linux.bpf.TcxLink;

/**
 * Writes what programs do with packets of either direction: which they look at, how they find what a {@link ServiceTable} knows, and what
 * they change.
 *
 * <p>Registers: R6 the packet's context, R7 its first byte, R8 its end and then the entry that was found, R9 the entry's key.
 */
final class PacketCode {
    // struct __sk_buff of linux/bpf.h
    static final int LEN = 0;
    static final int GSO_SIZE = 176;
    private static final int PKT_TYPE = 4;
    private static final int PROTOCOL = 16;
    private static final int VLAN_PRESENT = 20;
    private static final int DATA = 76;
    private static final int DATA_END = 80;

    static final int ETHERNET = 14;
    private static final int ETH_P_IP = 0x0800;
    private static final int ETH_P_IPV6 = 0x86DD;

    /** What functions of the kernel want to have in memory. */
    static final int KEY = -4;

    private final Assembler program;
    private final MapReference services4;
    private final MapReference services6;
    private final int buckets;
    private final Label next = new Label("next");

    /** @param buckets of each {@link ServiceTable} */
    PacketCode(Assembler program, MapReference services4, MapReference services6, int buckets) {
        this.program = program;
        this.services4 = services4;
        this.services6 = services6;
        this.buckets = buckets;
    }

    /** Where packets go that the program does not know. */
    Label next() {
        return next;
    }

    /** Where the source address is. */
    static int source(IpFamily family) {
        return ETHERNET + (family == IpFamily.IPV4 ? 12 : 8);
    }

    /** Where the destination address is. */
    static int destination(IpFamily family) {
        return ETHERNET + (family == IpFamily.IPV4 ? 16 : 24);
    }

    /** Where the number of the protocol above is. */
    static int protocol(IpFamily family) {
        return ETHERNET + (family == IpFamily.IPV4 ? 9 : 6);
    }

    /** Where the ports are, the source's first. */
    static int ports(IpFamily family) {
        return ETHERNET + (family == IpFamily.IPV4 ? 20 : 40);
    }

    private static int hopLimit(IpFamily family) {
        return ETHERNET + (family == IpFamily.IPV4 ? 8 : 7);
    }

    /** A number of 16 bits as it is read from a packet. */
    private static int network(int number) {
        return Short.toUnsignedInt(Short.reverseBytes((short) number));
    }

    /**
     * The whole program.
     *
     * @param send writes what is done with packets of a family
     */
    Assembler program(Consumer<IpFamily> send) {
        Label ipv6 = new Label("ipv6");
        program.move(R6, R1);
        // Of frames for others, and of VLANs that have an interface of their own, this interface is not the owner.
        program.load(W, R1, R6, PKT_TYPE).jump(R1, JNE, 0, next);
        program.load(W, R1, R6, VLAN_PRESENT).jump(R1, JNE, 0, next);
        program.load(W, R7, R6, DATA).load(W, R8, R6, DATA_END);
        program.load(W, R1, R6, PROTOCOL);
        program.jump(R1, JEQ, network(ETH_P_IPV6), ipv6).jump(R1, JNE, network(ETH_P_IP), next);
        send.accept(IpFamily.IPV4);
        program.at(ipv6);
        send.accept(IpFamily.IPV6);
        return program.at(next).move(R0, TcxLink.TCX_NEXT).exit();
    }

    /**
     * Goes on with packets that are whole, have no options, and live longer than one hop. An extension of IPv6 is no protocol that
     * anybody asks for.
     */
    void whole(IpFamily family) {
        boolean ipv4 = family == IpFamily.IPV4;
        within(ports(family) + 4);
        if (ipv4) {
            program.load(B, R1, R7, ETHERNET).jump(R1, JNE, 0x45, next);
            // "More fragments" and the offset of a fragment.
            program.load(H, R1, R7, ETHERNET + 6)
                    .compute(R1, AND, network(0x3FFF))
                    .jump(R1, JNE, 0, next);
        }
        program.load(B, R1, R7, hopLimit(family)).jump(R1, JLE, 1, next);
        if (ipv4) {
            complete(ETHERNET + 2, ETHERNET);
        } else {
            complete(ETHERNET + 4, ETHERNET + 40);
        }
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

    /** Protocol and destination port in R9, as a {@link ServiceEntry} has them. */
    void port(IpFamily family) {
        program.load(B, R9, R7, protocol(family)).compute(R9, LSH, Short.SIZE);
        program.load(H, R2, R7, ports(family) + 2).compute(R9, OR, R2);
    }

    /**
     * The entry in R8, or next.
     *
     * @param address where the packet has it; the rest of the key is in R9
     */
    void find(IpFamily family, int address) {
        ServiceEntry entry = ServiceEntry.of(family);
        Label found = new Label("found_" + family);
        if (family == IpFamily.IPV4) {
            program.load(W, R1, R7, address);
            program.compute(R9, LSH, Integer.SIZE).compute(R9, OR, R1);
            program.move(R1, R9);
            mix();
        } else {
            program.load(DW, R1, R7, address);
            mix();
            program.load(DW, R2, R7, address + Long.BYTES).compute(R1, ADD, R2);
            mix();
            program.compute(R1, ADD, R9);
            mix();
        }
        program.compute(R1, MUL, ServiceEntry.MULTIPLIER).compute(R1, RSH, ServiceEntry.shift(buckets));
        program.store(W, R10, KEY, R1).loadMap(R1, family == IpFamily.IPV4 ? services4 : services6);
        found(KEY);
        program.move(R8, R0);
        for (int i = 0; i < ServiceTable.ENTRIES; i++) {
            Label other = new Label("not_" + i + "_" + family);
            if (family == IpFamily.IPV4) {
                program.load(DW, R1, R8, 0).jump(R1, JEQ, R9, found);
            } else {
                program.load(W, R1, R8, entry.portWord() * Integer.BYTES).jump(R1, JNE, R9, other);
                program.load(DW, R1, R8, 0).load(DW, R2, R7, address).jump(R1, JNE, R2, other);
                program.load(DW, R1, R8, Long.BYTES)
                        .load(DW, R2, R7, address + Long.BYTES)
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

    /** Of R1, {@link ServiceEntry#bucket}. */
    private void mix() {
        program.compute(R1, MUL, ServiceEntry.MULTIPLIER).move(R2, R1);
        program.compute(R2, RSH, Integer.SIZE).compute(R1, XOR, R2);
    }

    /** Looks up what R1 says and the stack has; R0 is not null. */
    void found(int key) {
        program.move(R2, R10, key).call(KernelFunction.MAP_LOOKUP_ELEM).jump(R0, JEQ, 0, next);
    }

    /** From here on the packet is ours. Calls nothing. */
    void decreaseHopLimit(IpFamily family) {
        int field = hopLimit(family);
        program.load(B, R1, R7, field).compute(R1, SUB, 1).store(B, R7, field, R1);
        if (family == IpFamily.IPV4) {
            // RFC 1624, of a word whose upper byte, the first in the packet, is 1 less.
            Label folded = new Label("folded");
            program.load(H, R1, R7, ETHERNET + 10).compute(R1, ADD, network(0x0100));
            program.jump(R1, JLE, 0xFFFE, folded).compute(R1, ADD, 1).at(folded);
            program.store(H, R7, ETHERNET + 10, R1);
        }
    }

    /** IPv6 has no checksum that would keep the sum of the packet as it was. */
    void keepSum(IpFamily family) {
        if (family == IpFamily.IPV6) {
            program.move(R1, R6).move(R2, ~network(0x0001)).call(KernelFunction.CSUM_UPDATE);
        }
    }
}
