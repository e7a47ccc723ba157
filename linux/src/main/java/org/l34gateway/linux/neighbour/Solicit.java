// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.neighbour;

import org.l34gateway.ip.IpAddress;

/** A question to a neighbour that shall be started now; the kernel repeats it {@link Reachability#SOLICITS} times. */
sealed interface Solicit {
    int ifindex();

    IpAddress address();

    /** Asks the MAC address that the kernel knows. */
    record Unicast(int ifindex, IpAddress address) implements Solicit {}

    /** Forgets the MAC address and asks everybody on the link: another pod may have the address by now. */
    record Multicast(int ifindex, IpAddress address) implements Solicit {}
}
