// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/**
 * What the kernel holds, read from the kernel alone.
 *
 * @param targets VIP → addresses of the targets that have slots of it, or may have connections that are remembered; empty for a VIP whose packets are dropped
 * @param problems what would keep packets from their way: parameters, missing interfaces, hooks that lost their rule
 */
public record Held(SortedMap<IpPrefix, SortedSet<IpAddress>> targets, List<String> problems) {
    public Held {
        targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
        problems = List.copyOf(problems);
    }
}
