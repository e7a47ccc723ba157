// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;

/**
 * Where flows come from. They are bound to an address and a port: where there are several next hops, Linux chooses one for a
 * socket without port (IPv4, 6.16 and later) or without address (IPv6) by other numbers than it does later, for the
 * acknowledgement of the last FIN for instance, which no socket sends any more. A flow that a router forwards never changes
 * its way like that.
 */
public final class SourceAddress {
    private SourceAddress() {}

    /** The address from which the kernel would send; a connected datagram socket tells it, and sends nothing. */
    public static InetAddress towards(InetSocketAddress to) throws IOException {
        try (DatagramChannel never = DatagramChannel.open()) {
            never.connect(to);
            return ((InetSocketAddress) never.getLocalAddress()).getAddress();
        }
    }
}
