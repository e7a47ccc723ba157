// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpPrefix;

/** What came of a program: the kernel acknowledged all of it. */
public final class Applied {
    private final boolean changed;
    private final Forwarding forwarding;
    private final List<String> problems;

    Applied(boolean changed, Forwarding forwarding, List<String> problems) {
        this.changed = changed;
        this.forwarding = forwarding;
        this.problems = List.copyOf(problems);
    }

    /** False when the kernel held everything before. */
    public boolean changed() {
        return changed;
    }

    /** VIPs whose packets are forwarded or, without target, dropped here; their answers pass. */
    public SortedSet<IpPrefix> vips() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(forwarding.ways().keySet()));
    }

    /** Which targets get packets of which VIP; worked out when it is asked for. */
    public Set<TargetVip> targets() {
        return Collections.unmodifiableSet(forwarding.targets());
    }

    /** What of the program is not forwarded and why, for a human; empty when all of it is. */
    public List<String> problems() {
        return problems;
    }
}
