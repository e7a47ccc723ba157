// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.linux.bpf.Instruction.Condition;
import org.l34gateway.linux.bpf.Instruction.Operation;
import org.l34gateway.linux.bpf.Instruction.Size;
import org.l34gateway.linux.nftables.Nftables.Count;
import org.l34gateway.linux.testing.Capabilities;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.KernelRefused;

@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class BpfKernelTest {
    private static final int LOOPBACK = 1;

    @Test
    void what_is_written_to_shared_memory_is_in_the_map() {
        try (SharedArray array = SharedArray.create("test", 20, 300)) {
            array.set(299, 4, 0x01020304);
            assertThat(array.get(299, 4)).isEqualTo(0x01020304);
            assertThat(array.get(298, 4)).isZero();
            try (Memory key = new Memory(4);
                    Memory value = new Memory(20)) {
                key.setInt(0, 299);
                assertThat(array.map().lookUp(key, value)).isZero();
                assertThat(value.getInt(16)).isEqualTo(0x01020304);
            }
        }
    }

    @Test
    void shared_memory_is_not_touched_when_it_is_gone() {
        SharedArray array = SharedArray.create("test", 20, 300);
        array.close();
        array.close();
        assertThatThrownBy(() -> array.get(0, 0)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_program_counts_packets_until_its_link_is_closed(boolean lessRights) throws IOException {
        if (lessRights) {
            Capabilities.keepOnly(Capabilities.CAP_NET_ADMIN, Capabilities.CAP_BPF);
        }
        try (CounterArray counters = CounterArray.create("test", 2);
                BpfProgram program = BpfProgram.load("counts", counting(counters))) {
            try (TcxLink _ = TcxLink.attach(program, LOOPBACK)) {
                send(3);
                assertThat(counters.read().get(1)).isEqualTo(new Count(3, 3 * (14 + 20 + 8 + 100)));
            }
            send(3);
            assertThat(counters.read().get(1).packets()).isEqualTo(3);
            assertThat(counters.read().getFirst().packets()).isZero();
        }
    }

    @Test
    void the_verifier_says_what_is_wrong() {
        Assembler reads =
                new Assembler().load(Size.DW, Register.R0, Register.R5, 0).exit();
        assertThatThrownBy(() -> BpfProgram.load("reads", reads))
                .isInstanceOf(KernelRefused.class)
                .hasMessageContainingAll("BPF_PROG_LOAD reads: EACCES", "R5 !read_ok");
    }

    @Test
    void an_interface_that_is_not_there_is_named() {
        Assembler nothing = new Assembler().move(Register.R0, TcxLink.TCX_NEXT).exit();
        try (BpfProgram program = BpfProgram.load("nothing", nothing)) {
            assertThatThrownBy(() -> TcxLink.attach(program, 77))
                    .isInstanceOf(KernelRefused.class)
                    .hasMessageContainingAll("nothing at interface 77", "ENODEV");
        }
    }

    @Test
    void without_the_right_the_error_says_which() {
        Assembler nothing = new Assembler().move(Register.R0, TcxLink.TCX_NEXT).exit();
        Capabilities.keepOnly(Capabilities.CAP_NET_ADMIN);
        assertThatThrownBy(() -> BpfProgram.load("nothing", nothing))
                .isInstanceOf(KernelRefused.class)
                .hasMessageContainingAll("EPERM", "CAP_BPF");
    }

    /** Counts UDP packets with counter 1. */
    private static Assembler counting(CounterArray counters) {
        Label next = new Label("next");
        return new Assembler()
                .move(Register.R6, Register.R1)
                .load(Size.W, Register.R7, Register.R6, 76)
                .load(Size.W, Register.R8, Register.R6, 80)
                .move(Register.R1, Register.R7, 34)
                .jump(Register.R1, Condition.JGT, Register.R8, next)
                .load(Size.B, Register.R1, Register.R7, 23)
                .jump(Register.R1, Condition.JNE, 17, next)
                .store(Size.W, Register.R10, -4, 0)
                .loadMap(Register.R1, counters.reference())
                .move(Register.R2, Register.R10, -4)
                .call(KernelFunction.MAP_LOOKUP_ELEM)
                .jump(Register.R0, Condition.JEQ, 0, next)
                .compute(Register.R0, Operation.ADD, CounterArray.BYTES)
                .load(Size.DW, Register.R1, Register.R0, 0)
                .compute(Register.R1, Operation.ADD, 1)
                .store(Size.DW, Register.R0, 0, Register.R1)
                .load(Size.W, Register.R2, Register.R6, 0)
                .load(Size.DW, Register.R1, Register.R0, 8)
                .compute(Register.R1, Operation.ADD, Register.R2)
                .store(Size.DW, Register.R0, 8, Register.R1)
                .at(next)
                .move(Register.R0, TcxLink.TCX_NEXT)
                .exit();
    }

    private static void send(int packets) throws IOException {
        try (DatagramSocket from = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket to = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < packets; i++) {
                from.send(new DatagramPacket(new byte[100], 100, to.getLocalSocketAddress()));
                to.receive(new DatagramPacket(new byte[100], 100));
            }
        }
    }
}
