// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.linux.testing.InScratchNetns;

/** A Service declares more endpoints while it has connections: three of four flows go to another target from now on. */
@Tag("kernel")
@Timeout(60)
@ExtendWith(InScratchNetns.class)
class CapacityKernelTest {
    private static final Set<Integer> ALL = Set.of(1, 2, 3, 4);
    private static final int CONNECTIONS = 100;

    private final AtomicLong nanos = new AtomicLong(1);
    private final Testbed bed = new Testbed();
    private final LoadBalancer balancer =
            bed.gateway.call(() -> LoadBalancer.open(Testbed.INTERFACES, FastPath.ON, nanos::get));

    @AfterEach
    void close() {
        balancer.close();
        bed.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"20.0.0.1", "fd20::1"})
    void connections_stay_though_the_table_is_dealt_anew_and_new_ones_spread(String vip) throws IOException {
        balancer.apply(Programs.example(16, ALL));
        List<Socket> soon = bed.connect(vip, CONNECTIONS);
        List<Socket> later = bed.connect(vip, CONNECTIONS);

        balancer.apply(Programs.example(100, ALL));
        assertThat(answered(soon)).isGreaterThan(CONNECTIONS * 9 / 10);
        int spoke = 0;
        for (Socket socket : later) {
            spoke += speaks(socket) ? 1 : 0;
        }
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            taken.add(bed.tcp(vip, 10, 10));
        }
        assertThat(taken).isEqualTo(ALL);

        nanos.addAndGet(Handovers.WINDOW.toNanos());
        assertThat(balancer.apply(Programs.example(100, ALL)).problems()).isEmpty();
        int stayed = 0;
        for (Socket socket : later) {
            stayed += finishes(socket) ? 1 : 0;
        }
        assertThat(spoke).isEqualTo(CONNECTIONS);
        assertThat(stayed).isGreaterThan(CONNECTIONS * 9 / 10);
    }

    private static int answered(List<Socket> sockets) {
        int answered = 0;
        for (Socket socket : sockets) {
            answered += speaks(socket) && finishes(socket) ? 1 : 0;
        }
        return answered;
    }

    private static boolean speaks(Socket socket) {
        try {
            Testbed.askFirstHalf(socket, 10);
            return true;
        } catch (IOException reset) {
            return false;
        }
    }

    private static boolean finishes(Socket socket) {
        try {
            return ALL.contains(Testbed.askSecondHalf(socket, 10));
        } catch (IOException reset) {
            return false;
        }
    }
}
