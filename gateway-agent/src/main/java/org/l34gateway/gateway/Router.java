// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.util.List;
import java.util.SortedSet;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.gateway.plan.RouterView;
import org.l34gateway.ip.IpPrefix;

/** The routing daemon of this pod. Calls come from one thread. */
interface Router {
    /**
     * Talks to these neighbours and announces these VIPs; does nothing when it does already. What fails is in the next
     * view, and is tried again by the next call.
     */
    void configure(List<BgpNeighbour> neighbours, SortedSet<IpPrefix> vips);

    /** What the daemon does now. */
    RouterView look();
}
