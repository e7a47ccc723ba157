// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpPrefix;

/**
 * How answers are routed. Interfaces are Ethernet's, and told by index.
 *
 * @param internal where they come in
 * @param external where they may leave
 * @param table number of their routing table
 * @param own destinations for which the kernel asks another table before, because they are its own
 */
public record AnswerRoutes(int internal, SortedSet<Integer> external, int table, SortedSet<IpPrefix> own) {
    public AnswerRoutes {
        external = Collections.unmodifiableSortedSet(new TreeSet<>(external));
        own = Collections.unmodifiableSortedSet(new TreeSet<>(own));
    }
}
