// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.nftables.Nftables.Count;

/**
 * What a stage has sent on.
 *
 * @param flows by name
 * @param targets by address
 */
public record StageCounts(Map<String, Count> flows, Map<IpAddress, Count> targets) {
    /** No stage has been there. */
    public static final StageCounts NONE = new StageCounts(Map.of(), Map.of());

    public StageCounts {
        flows = Collections.unmodifiableMap(flows);
        targets = Collections.unmodifiableMap(targets);
    }

    StageCounts plus(StageCounts other) {
        return new StageCounts(sum(flows, other.flows), sum(targets, other.targets));
    }

    private static <K> Map<K, Count> sum(Map<K, Count> one, Map<K, Count> other) {
        Map<K, Count> sum = new HashMap<>(one);
        other.forEach((key, count) -> sum.merge(key, count, Count::plus));
        return sum;
    }

    /** Only those of these flows and targets. */
    StageCounts of(Set<String> names, Collection<IpAddress> addresses) {
        if (flows.isEmpty() && targets.isEmpty()) {
            return this;
        }
        Map<String, Count> keptFlows = new HashMap<>(flows);
        keptFlows.keySet().retainAll(names);
        Map<IpAddress, Count> keptTargets = new HashMap<>(targets);
        keptTargets.keySet().retainAll(Set.copyOf(addresses));
        return new StageCounts(keptFlows, keptTargets);
    }
}
