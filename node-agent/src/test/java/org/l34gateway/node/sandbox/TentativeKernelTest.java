// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.Rtnetlink;

@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class TentativeKernelTest {
    /** One second for the question, and up to one before it (RFC 4862 §5.1, §5.4.2). */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    @Test
    void an_interface_is_tentative_until_its_addresses_were_checked_for_duplicates() throws Exception {
        ip("link add net1 type veth peer name net2");
        ip("link set net2 up");
        ip("link set net1 up");
        ip("addr add fd01::1/64 dev net1");
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink kernel = new Rtnetlink(socket);
            int net1 = Objects.requireNonNull(kernel.link("net1")).index();
            assertThat(new SandboxReading(kernel).tentative()).contains(net1);
            long end = System.nanoTime() + LONGEST.toNanos();
            while (new SandboxReading(kernel).tentative().contains(net1)) {
                assertThat(System.nanoTime()).as("still tentative").isLessThan(end);
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
    }

    private static void ip(String arguments) throws Exception {
        Process ip =
                new ProcessBuilder(("ip " + arguments).split(" ")).inheritIO().start();
        assertThat(ip.waitFor()).as(arguments).isZero();
    }
}
