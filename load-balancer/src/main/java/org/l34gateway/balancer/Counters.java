// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Map;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.nftables.Nftables.Count;

/**
 * Packets and their bytes of the network layer, as the kernel counts them, since a {@link KernelCounters} was opened. None
 * goes back as long as its flow or target is in the program.
 *
 * @param flows name → packets that flows of that name have taken, also those for which it has no target
 * @param targets address of a target → packets that were sent there, of all groups and VIPs
 * @param dropped packets that reached nobody; each reason is there
 */
public record Counters(Map<String, Count> flows, Map<IpAddress, Count> targets, Map<Dropped, Count> dropped) {
    public Counters {
        flows = Map.copyOf(flows);
        targets = Map.copyOf(targets);
        dropped = Map.copyOf(dropped);
    }
}
