// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.probe;

import java.util.Map;
import java.util.Set;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.node.sandbox.Sandbox;

/** What those who decide about next hops tell and ask those who probe them. Safe for use by several threads. */
public interface ProbedHops {
    /**
     * The next hops of one sandbox.
     *
     * @param pod for logs
     * @param hops address → index of the interface on whose link it is
     */
    record Hops(String pod, Map<IpAddress, Integer> hops) {
        public Hops {
            hops = Map.copyOf(hops);
        }
    }

    /** Probes exactly these from now on, also those that are dead. */
    void watch(Map<Sandbox, Hops> bySandbox);

    /** Those that do not answer now; none for a sandbox that is not watched or can not be entered. */
    Set<IpAddress> deadIn(Sandbox sandbox);
}
