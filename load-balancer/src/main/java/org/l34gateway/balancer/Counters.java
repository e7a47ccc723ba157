// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Map;
import org.l34gateway.ip.IpAddress;

/**
 * What the kernel counted since the entry was made; a VIP's counter starts again when its flows change.
 *
 * @param vips VIP → packets to it, forwarded or not
 * @param targets target address → packets forwarded to it
 */
public record Counters(Map<IpAddress, Count> vips, Map<IpAddress, Count> targets) {
    public Counters {
        vips = Map.copyOf(vips);
        targets = Map.copyOf(targets);
    }

    /** Packets and bytes of the network layer. */
    public record Count(long packets, long bytes) {}
}
