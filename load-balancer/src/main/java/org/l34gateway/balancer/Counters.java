// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Map;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.nftables.Nftables.Count;

/**
 * Packets that were forwarded and their bytes of the network layer, as the kernel counts them. A count begins anew when its
 * target or flow was away.
 *
 * @param flows {@code Flow.name()} → packets that the flow has taken, also those for which it has no target
 * @param targets address of a target → packets that were sent there, of all groups and VIPs
 */
public record Counters(Map<String, Count> flows, Map<IpAddress, Count> targets) {
    public Counters {
        flows = Map.copyOf(flows);
        targets = Map.copyOf(targets);
    }
}
