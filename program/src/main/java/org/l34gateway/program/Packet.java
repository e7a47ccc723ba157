// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.Arrays;
import org.l34gateway.ip.IpAddress;

/**
 * What of a packet decides where it goes.
 *
 * @param protocol number of the transport protocol, behind all extension headers of IPv6: 0..255
 * @param sourcePort 0..65535; means nothing unless the protocol is a {@link Protocol}
 * @param destinationPort in the same way
 */
public record Packet(IpAddress source, IpAddress destination, int protocol, int sourcePort, int destinationPort) {
    /** @throws IllegalArgumentException when the addresses are of two families or a number is out of range */
    public Packet {
        if (source.family() != destination.family()) {
            throw new IllegalArgumentException("a packet from " + source + " to " + destination);
        }
        if (protocol < 0 || protocol > 0xFF) {
            throw new IllegalArgumentException("want a protocol of 0..255, got " + protocol);
        }
        var _ = PortRange.of(sourcePort);
        var _ = PortRange.of(destinationPort);
    }

    /** Whether its protocol is a {@link Protocol}. */
    public boolean hasPorts() {
        return Arrays.stream(Protocol.values()).anyMatch(each -> each.number() == protocol);
    }

    /** A packet of TCP, UDP or SCTP. */
    public static Packet of(
            Protocol protocol, IpAddress source, int sourcePort, IpAddress destination, int destinationPort) {
        return new Packet(source, destination, protocol.number(), sourcePort, destinationPort);
    }
}
