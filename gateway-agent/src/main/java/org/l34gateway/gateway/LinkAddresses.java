// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.util.Set;
import java.util.SortedSet;
import org.l34gateway.ip.IpAddress;

/** The addresses of this pod's interfaces. */
@FunctionalInterface
interface LinkAddresses {
    /** Addresses that can be used now, of those of these interfaces that are there and up. Sorted. */
    SortedSet<IpAddress> usable(Set<String> links);
}
