// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.nio.ByteBuffer;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.MacAddress;

/** Ethernet frames with UDP datagrams. The UDP checksum of IPv4 is left out (RFC 768), that of IPv6 is worked out. */
public final class Frames {
    /** The shortest Ethernet frame, with its check sequence. */
    static final int SHORTEST = 64;

    private static final int ETHERNET = 14;
    private static final int CHECK_SEQUENCE = 4;
    private static final int UDP = 17;
    private static final int UDP_HEADER = 8;

    private Frames() {}

    /** A direction between two interfaces. */
    public record Wire(MacAddress from, MacAddress to) {}

    /** A flow. */
    public record Flow(IpAddress source, int sourcePort, IpAddress destination, int destinationPort) {
        /** The way back. */
        Flow reversed() {
            return new Flow(
                    /* source= */ destination,
                    /* sourcePort= */ destinationPort,
                    /* destination= */ source,
                    /* destinationPort= */ sourcePort);
        }
    }

    /**
     * A frame with one datagram of zeros.
     *
     * @param payload bytes of the datagram
     */
    public static byte[] udp(Wire wire, Flow flow, int payload) {
        boolean ipv4 = flow.source().family() == IpFamily.IPV4;
        int header = ipv4 ? 20 : 40;
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET + header + UDP_HEADER + payload);
        frame.put(wire.to().toBytes()).put(wire.from().toBytes()).putShort((short) (ipv4 ? 0x0800 : 0x86DD));
        if (ipv4) {
            frame.putShort((short) 0x4500).putShort((short) (header + UDP_HEADER + payload));
            frame.putShort((short) 0).putShort((short) 0x4000);
            frame.put((byte) 64).put((byte) UDP).putShort((short) 0);
        } else {
            frame.putInt(0x60000000).putShort((short) (UDP_HEADER + payload));
            frame.put((byte) UDP).put((byte) 64);
        }
        int addresses = frame.position();
        frame.put(flow.source().toBytes()).put(flow.destination().toBytes());
        int udp = frame.position();
        frame.putShort((short) flow.sourcePort()).putShort((short) flow.destinationPort());
        frame.putShort((short) (UDP_HEADER + payload)).putShort((short) 0);
        if (ipv4) {
            frame.putShort(ETHERNET + 10, (short) checksum(frame, ETHERNET, header, 0));
        } else {
            int pseudo = UDP + UDP_HEADER + payload;
            int sum = checksum(frame, addresses, frame.capacity() - addresses, pseudo);
            frame.putShort(udp + 6, (short) (sum == 0 ? 0xFFFF : sum));
        }
        return frame.array();
    }

    /** Payload of the shortest frame. */
    public static int shortestPayload(IpFamily family) {
        int header = family == IpFamily.IPV4 ? 20 : 40;
        return Math.max(2, SHORTEST - CHECK_SEQUENCE - ETHERNET - header - UDP_HEADER);
    }

    /** RFC 1071. */
    private static int checksum(ByteBuffer from, int begin, int length, int sum) {
        long total = sum;
        for (int at = begin; at + 1 < begin + length; at += 2) {
            total += from.getShort(at) & 0xFFFF;
        }
        if (length % 2 == 1) {
            total += (from.get(begin + length - 1) & 0xFF) << 8;
        }
        while (total > 0xFFFF) {
            total = (total & 0xFFFF) + (total >>> 16);
        }
        return (int) ~total & 0xFFFF;
    }
}
