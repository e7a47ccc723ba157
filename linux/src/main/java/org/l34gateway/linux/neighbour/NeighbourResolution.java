// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.neighbour;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Rtnetlink;

/**
 * Learns the MAC addresses of neighbours before the first packet goes to them (ARP, RFC 826; Neighbor Discovery, RFC 4861 §7.2).
 * The kernel keeps few packets that wait for an answer, and asks again after {@code retrans_time_ms}, which is set to 200 here as by
 * {@link NeighbourProbe}.
 */
public final class NeighbourResolution {
    /** One question may be lost, and its second answer come late. */
    static final Duration PATIENCE = Duration.ofMillis(Reachability.RETRANS_MILLIS * 3 / 2);

    /** An answer takes a tenth of a millisecond and more; a socket for what the kernel tells would hear of all neighbours. */
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private NeighbourResolution() {}

    /**
     * Returns when each has answered or will not, at the latest after 0.3 s: whoever sends then does what it would have done without.
     *
     * @param addresses on the link of the interface; asked for all at once
     */
    public static void await(Rtnetlink kernel, int ifindex, Collection<IpAddress> addresses) {
        if (addresses.isEmpty()) {
            return;
        }
        long began = System.nanoTime();
        try {
            families(addresses).forEach(family -> kernel.setRetransTime(ifindex, family, Reachability.RETRANS_MILLIS));
            addresses.forEach(address -> ask(kernel, ifindex, address));
            Deque<IpAddress> open = new ArrayDeque<>(addresses);
            while (!open.isEmpty() && System.nanoTime() - began < PATIENCE.toNanos()) {
                if (isDecided(kernel.neighbour(ifindex, open.element()))) {
                    open.remove();
                } else {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
            }
        } catch (KernelRefused _) {
            // The interface is gone: nothing that waiting would help.
        }
    }

    private static void ask(Rtnetlink kernel, int ifindex, IpAddress address) {
        try {
            kernel.replace(new Neighbour(ifindex, address, null, Neighbour.STATE_NONE, Neighbour.FLAG_USE));
        } catch (KernelRefused _) {
            // ENOBUFS, the table is full; ENETDOWN: there will be no entry to wait for.
        }
    }

    private static Set<IpFamily> families(Collection<IpAddress> addresses) {
        Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        addresses.forEach(address -> families.add(address.family()));
        return families;
    }

    private static boolean isDecided(@Nullable Neighbour neighbour) {
        return neighbour == null || neighbour.isUsable() || neighbour.state() == Neighbour.STATE_FAILED;
    }
}
