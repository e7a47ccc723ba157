// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Notification;
import org.l34gateway.netlink.Rtnetlink;

@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class KernelWatchKernelTest {
    /** More news than the socket's 1 MiB takes, at some 700 bytes each. */
    private static final int TOO_MANY = 6_000;

    private static final Address ONE = Address.host(1, IpAddress.parse("20.0.0.1"));

    @Test
    void who_does_not_read_in_time_is_told_that_news_are_missing_and_hears_the_next_ones() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink kernel = new Rtnetlink(socket);
            KernelWatch watch = KernelWatch.open(Notification.GROUP_IPV4_ADDRESS);
            try {
                for (int i = 0; i < TOO_MANY; i++) {
                    kernel.replace(ONE);
                    kernel.delete(ONE);
                }
                List<Notification> told = drain(watch);
                assertThat(told).contains(new Notification.Missed()).hasSizeLessThan(2 * TOO_MANY);
                kernel.replace(ONE);
                assertThat(drain(watch)).hasSize(1).doesNotContain(new Notification.Missed());
            } finally {
                watch.release();
            }
        }
    }

    private static List<Notification> drain(KernelWatch watch) {
        List<Notification> all = new ArrayList<>();
        for (List<Notification> some = watch.await(0); !some.isEmpty(); some = watch.await(0)) {
            all.addAll(some);
        }
        return all;
    }
}
