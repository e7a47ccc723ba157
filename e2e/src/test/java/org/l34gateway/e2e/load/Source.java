// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;

/**
 * Where flows come from. They are bound to an address and not only to a port: where there are several next hops, Linux chooses
 * one for an IPv6 socket without address by other numbers than it does later, so that its flow would change its way. A flow
 * that a router forwards never does.
 */
final class Source {
    private Source() {}

    /** This port, of the address from which the kernel would send; a connected datagram socket tells it, and sends nothing. */
    static InetSocketAddress towards(InetSocketAddress to, int port) throws IOException {
        try (DatagramChannel never = DatagramChannel.open()) {
            never.connect(to);
            return new InetSocketAddress(((InetSocketAddress) never.getLocalAddress()).getAddress(), port);
        }
    }
}
