// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.util.Map;
import java.util.SortedSet;
import org.l34gateway.ip.IpAddress;

/** The network interfaces of this pod. */
@FunctionalInterface
interface PodInterfaces {
    /** Name of each interface that is there → its addresses that can be used now, sorted; none while it is down. */
    Map<String, SortedSet<IpAddress>> present();
}
