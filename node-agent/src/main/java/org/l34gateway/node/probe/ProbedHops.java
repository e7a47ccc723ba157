// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.probe;

import java.util.Map;
import java.util.Set;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.node.sandbox.Sandbox;

/** What those who decide about next hops tell and ask those who probe them. Safe for use by several threads. */
public interface ProbedHops {
    /**
     * One next hop.
     *
     * @param ifindex index of the interface on whose link it is
     * @param vouchers names of the reports that make it a next hop; one that is written anew has another name
     */
    record Hop(int ifindex, Set<String> vouchers) {
        public Hop {
            vouchers = Set.copyOf(vouchers);
        }
    }

    /**
     * The next hops of one sandbox.
     *
     * @param pod for logs
     * @param hops by address
     */
    record Hops(String pod, Map<IpAddress, Hop> hops) {
        public Hops {
            hops = Map.copyOf(hops);
        }
    }

    /** Probes exactly these from now on, also those that are dead. */
    void watch(Map<Sandbox, Hops> bySandbox);

    /** Those that do not answer now, or under a MAC address for which no report has spoken yet; none for a sandbox that is not watched or can not be entered. */
    Set<IpAddress> deadIn(Sandbox sandbox);
}
