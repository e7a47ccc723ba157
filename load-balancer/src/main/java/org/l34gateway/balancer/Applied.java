// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpPrefix;

/**
 * What came of a program: the kernel acknowledged all of it.
 *
 * @param changed false when the kernel held everything before
 * @param vips VIPs whose packets are forwarded or, without target, dropped here; their answers pass
 * @param targets which targets get slots of which VIP
 * @param problems what of the program is not forwarded and why, for a human; empty when all of it is
 */
public record Applied(boolean changed, SortedSet<IpPrefix> vips, Set<TargetVip> targets, List<String> problems) {
    public Applied {
        vips = Collections.unmodifiableSortedSet(new TreeSet<>(vips));
        targets = Collections.unmodifiableSet(new HashSet<>(targets));
        problems = List.copyOf(problems);
    }
}
