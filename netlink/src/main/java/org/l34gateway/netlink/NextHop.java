// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;

/**
 * One way out of a route.
 *
 * @param gateway router on the link, null when the destination itself is on the link; may be IPv6 for an IPv4 route
 * @param ifindex interface index, 0 to let the kernel find it when the route is added
 * @param weight share among the next hops of a route, 1..256
 * @param onLink take the gateway as on the link although no prefix says so ({@code RTNH_F_ONLINK})
 */
public record NextHop(@Nullable IpAddress gateway, int ifindex, int weight, boolean onLink) {
    static final int FLAG_ONLINK = 4;

    /** @throws IllegalArgumentException when the kernel could not take the weight */
    public NextHop {
        if (weight < 1 || weight > 256) {
            throw new IllegalArgumentException("next hop weight must be 1..256, got " + weight);
        }
    }

    /** Through a router, with weight 1. */
    public static NextHop via(IpAddress gateway, int ifindex) {
        return new NextHop(gateway, ifindex, 1, false);
    }

    /** Out of an interface without router. */
    public static NextHop dev(int ifindex) {
        return new NextHop(null, ifindex, 1, false);
    }
}
