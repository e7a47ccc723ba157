// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.program.ForwardingProgram;

/** The fast path is switched while packets come. */
@Tag("kernel")
@Timeout(60)
@ExtendWith(InScratchNetns.class)
class FastPathKernelTest {
    private static final int SWITCHES = 40;
    private static final ForwardingProgram PROGRAM = Programs.example(16, Set.of(1, 2, 3, 4));

    private final Testbed bed = new Testbed();
    private final LoadBalancer balancer =
            bed.gateway.call(() -> LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, System::nanoTime));

    @AfterEach
    void close() {
        balancer.close();
        bed.close();
    }

    private boolean hasFastPath() {
        return Testbed.run(bed.gateway, "nft list chains").contains("hook ingress");
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void no_packet_is_lost_or_goes_elsewhere(String vip) throws Exception {
        balancer.apply(PROGRAM);
        DatagramSocket socket = bed.udpSocket(vip);
        Optional<Integer> target = Testbed.udp(socket, vip, 100, 3_000);
        assertThat(target).isPresent();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        Callable<Integer> traffic = () -> {
            int lost = 0;
            while (!stop.get()) {
                if (Testbed.udp(socket, vip, 100, 1_000).equals(target)) {
                    answered.incrementAndGet();
                } else {
                    lost++;
                }
            }
            return lost;
        };
        FutureTask<Integer> lost = new FutureTask<>(traffic);
        Thread.ofPlatform().start(lost);
        for (int i = 0; i < SWITCHES; i++) {
            FastPath now = i % 2 == 0 ? FastPath.OFF : FastPath.ON;
            balancer.use(now);
            assertThat(balancer.apply(PROGRAM).changed()).isTrue();
            assertThat(hasFastPath()).isEqualTo(now == FastPath.ON);
            int seen = answered.get();
            while (answered.get() < seen + 20 && !lost.isDone()) {
                Thread.onSpinWait();
            }
        }
        stop.set(true);
        assertThat(lost.get()).isZero();
        assertThat(answered.get()).isGreaterThan(SWITCHES * 20);
        assertThat(balancer.apply(PROGRAM).changed()).isFalse();
    }
}
