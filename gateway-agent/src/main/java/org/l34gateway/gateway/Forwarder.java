// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.util.Set;
import java.util.SortedSet;
import org.l34gateway.gateway.plan.Forwarded;
import org.l34gateway.gateway.plan.Wanted;
import org.l34gateway.ip.IpPrefix;

/** The kernel's packet forwarding. Calls come from one thread. */
interface Forwarder {
    /**
     * VIPs with at least one target in the kernel, also those that an earlier process of this pod put there. Sorted.
     *
     * @param present names of the interfaces that are there
     */
    SortedSet<IpPrefix> servedVips(Wanted wanted, Set<String> present);

    /**
     * Makes the kernel forward what is wanted and nothing else; does nothing when it does already.
     *
     * @param present names of the interfaces that are there
     * @return what the kernel forwards now; not programmed, with problems, when the kernel refused
     */
    Forwarded apply(Wanted wanted, Set<String> present);
}
