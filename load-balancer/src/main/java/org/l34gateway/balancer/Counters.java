// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Map;
import org.l34gateway.linux.nftables.Nftables.Count;

/**
 * Packets that were forwarded and their bytes of the network layer, as the kernel counts them. A target begins anew when it
 * comes back; a flow when it was away.
 *
 * @param flows {@code Flow.name()} → packets
 * @param targets target of a group → packets of all its VIPs
 */
public record Counters(Map<String, Count> flows, Map<TargetKey, Count> targets) {
    public Counters {
        flows = Map.copyOf(flows);
        targets = Map.copyOf(targets);
    }

    /**
     * A target.
     *
     * @param group {@code TargetGroup.key()}
     * @param identifier {@code Target.identifier()}
     */
    public record TargetKey(String group, int identifier) {}
}
