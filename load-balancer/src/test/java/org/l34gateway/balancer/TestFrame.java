// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.Link;

/**
 * An Ethernet frame with a datagram from the testbed's client, and what is odd about it.
 *
 * @param hops Time to Live or Hop Limit
 * @param payload bytes of the datagram
 * @param missing so many of them are not there
 * @param options whether there is an option of IPv4 or a header of destination options of IPv6
 * @param fragment flags and offset as in the field of IPv4 or in the fragment header of IPv6, which is there if this is not 0
 */
record TestFrame(
        IpAddress vip,
        int port,
        int protocol,
        int hops,
        int payload,
        int missing,
        boolean options,
        int fragment,
        boolean toOther,
        boolean vlan) {
    private static final int ETHERNET = 14;
    private static final int UDP = 17;
    private static final int CLIENT_PORT = 12_345;
    /** Nobody but these frames has it. */
    private static final byte FILL = 0x5A;

    static TestFrame udp(String vip, int port) {
        return new TestFrame(IpAddress.parse(vip), port, UDP, 64, 100, 0, false, 0, false, false);
    }

    TestFrame hops(int other) {
        return new TestFrame(vip, port, protocol, other, payload, missing, options, fragment, toOther, vlan);
    }

    TestFrame payload(int other) {
        return new TestFrame(vip, port, protocol, hops, other, missing, options, fragment, toOther, vlan);
    }

    TestFrame missing(int other) {
        return new TestFrame(vip, port, protocol, hops, payload, other, options, fragment, toOther, vlan);
    }

    TestFrame protocol(int other) {
        return new TestFrame(vip, port, other, hops, payload, missing, options, fragment, toOther, vlan);
    }

    TestFrame withOptions() {
        return new TestFrame(vip, port, protocol, hops, payload, missing, true, fragment, toOther, vlan);
    }

    TestFrame fragment(int other) {
        return new TestFrame(vip, port, protocol, hops, payload, missing, options, other, toOther, vlan);
    }

    TestFrame forOther() {
        return new TestFrame(vip, port, protocol, hops, payload, missing, options, fragment, true, vlan);
    }

    TestFrame inVlan() {
        return new TestFrame(vip, port, protocol, hops, payload, missing, options, fragment, toOther, true);
    }

    byte[] bytes(Link from, Link to) {
        ByteBuffer frame = ByteBuffer.allocate(2_000);
        frame.put(toOther ? new byte[] {2, 9, 9, 9, 9, 9} : mac(to)).put(mac(from));
        if (vlan) {
            frame.putShort((short) 0x8100).putShort((short) 7);
        }
        if (vip.family() == IpFamily.IPV4) {
            ipv4(frame);
        } else {
            ipv6(frame);
        }
        frame.putShort((short) CLIENT_PORT).putShort((short) port);
        frame.putShort((short) (8 + payload)).putShort((short) 0);
        byte[] fill = new byte[payload - missing];
        Arrays.fill(fill, FILL);
        return Arrays.copyOf(frame.put(fill).array(), frame.position());
    }

    /** The same frame as an answer of the VIP to a client. */
    byte[] answer(Link from, Link to, String client) {
        ByteBuffer frame = ByteBuffer.wrap(bytes(from, to));
        byte[] destination = IpAddress.parse(client).toBytes();
        int header = ETHERNET + (vlan ? 4 : 0);
        if (vip.family() == IpFamily.IPV4) {
            frame.put(header + 12, vip.toBytes()).put(header + 16, destination).putShort(header + 10, (short) 0);
            frame.putShort(header + 10, (short) ~sum(frame, header, options ? 24 : 20));
        } else {
            frame.put(header + 8, vip.toBytes()).put(header + 24, destination);
        }
        return frame.array();
    }

    private static byte[] mac(Link link) {
        return Objects.requireNonNull(link.mac()).toBytes();
    }

    private void ipv4(ByteBuffer frame) {
        frame.putShort((short) 0x0800);
        int begin = frame.position();
        int header = options ? 24 : 20;
        frame.put((byte) (0x40 | header / 4)).put((byte) 0).putShort((short) (header + 8 + payload));
        frame.putShort((short) 1).putShort((short) fragment);
        frame.put((byte) hops).put((byte) protocol).putShort((short) 0);
        frame.put(IpAddress.parse("30.0.0.1").toBytes()).put(vip.toBytes());
        if (options) {
            frame.putInt(0x01010101); // no operation
        }
        frame.putShort(begin + 10, (short) ~sum(frame, begin, header));
    }

    private void ipv6(ByteBuffer frame) {
        int extension = options || fragment != 0 ? 8 : 0;
        int next = options ? 60 : fragment != 0 ? 44 : protocol;
        frame.putShort((short) 0x86DD).putInt(0x60000000).putShort((short) (extension + 8 + payload));
        frame.put((byte) next).put((byte) hops);
        frame.put(IpAddress.parse("fd30::1").toBytes()).put(vip.toBytes());
        if (options) {
            frame.put((byte) protocol).put((byte) 0).putShort((short) 0x0104).putInt(0); // PadN
        } else if (fragment != 0) {
            frame.put((byte) protocol).put((byte) 0).putShort((short) fragment).putInt(1);
        }
    }

    /** RFC 1071, not inverted. */
    private static int sum(ByteBuffer words, int begin, int length) {
        int sum = 0;
        for (int at = begin; at < begin + length; at += 2) {
            sum += words.getShort(at) & 0xFFFF;
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        return (sum & 0xFFFF) + (sum >>> 16);
    }

    /** Whether this is what was sent here. */
    boolean isIn(byte[] heard) {
        return heard.length > ETHERNET + 40 && heard[heard.length - 1] == FILL && heard[heard.length - 50] == FILL;
    }

    /** Time to Live or Hop Limit of a frame. */
    static int hops(byte[] heard) {
        return heard[ETHERNET + (isIpv4(heard) ? 8 : 7)];
    }

    /** To which neighbour a frame goes. */
    static String receiver(byte[] heard) {
        return HexFormat.ofDelimiter(":").formatHex(heard, 0, 6);
    }

    /** Which neighbour has sent it. */
    static String sender(byte[] heard) {
        return HexFormat.ofDelimiter(":").formatHex(heard, 6, 12);
    }

    static boolean hasGoodChecksum(byte[] heard) {
        return !isIpv4(heard) || sum(ByteBuffer.wrap(heard), ETHERNET, 20) == 0xFFFF;
    }

    private static boolean isIpv4(byte[] heard) {
        return heard[12] == 0x08;
    }
}
