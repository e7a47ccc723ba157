// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.Arrays;
import org.l34gateway.ip.IpAddress;

/**
 * What of a packet decides where it goes.
 *
 * @param protocol number of the transport protocol, behind all extension headers of IPv6: 0..255
 * @param header what follows
 */
public record Packet(IpAddress source, IpAddress destination, int protocol, TransportHeader header) {
    /** @throws IllegalArgumentException when the addresses are of two families, a number is out of range or ports are missing */
    public Packet {
        if (source.family() != destination.family()) {
            throw new IllegalArgumentException("a packet from " + source + " to " + destination);
        }
        if (protocol < 0 || protocol > 0xFF) {
            throw new IllegalArgumentException("want a protocol of 0..255, got " + protocol);
        }
        if (hasPorts(protocol) && !header.holdsPorts()) {
            throw new IllegalArgumentException("a packet of protocol " + protocol + " without ports: " + header);
        }
    }

    /** Whether its protocol is a {@link Protocol}. */
    public boolean hasPorts() {
        return hasPorts(protocol);
    }

    private static boolean hasPorts(int protocol) {
        return Arrays.stream(Protocol.values()).anyMatch(each -> each.number() == protocol);
    }

    /** 0..65535; only of a packet that {@link #hasPorts()}. */
    public int sourcePort() {
        return (int) header.number(0, 2);
    }

    /** In the same way. */
    public int destinationPort() {
        return (int) header.number(2, 2);
    }

    /** A packet of TCP, UDP or SCTP; its header has nothing but ports. */
    public static Packet of(
            Protocol protocol, IpAddress source, int sourcePort, IpAddress destination, int destinationPort) {
        return new Packet(
                source, destination, protocol.number(), TransportHeader.of(protocol, sourcePort, destinationPort));
    }
}
