// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import org.l34gateway.ip.IpFamily;

/**
 * What of a packet decides its slot. The quoted forms read the packet inside an ICMP error, which went from the VIP to the
 * client: source and destination change places, so that the error takes the slot of its flow.
 *
 * <p>An ICMP and an ICMPv6 header have 8 bytes. Then, in bits from the start of that header: IPv4 source 160, destination
 * 192, ports 224 and 240 (header of 20 bytes); IPv6 source 128, destination 256, ports 384 and 400.
 */
enum HashInput {
    PORTS("ip saddr . ip daddr . th sport . th dport", "ip6 saddr . ip6 daddr . th sport . th dport"),
    /** Ports only: the paths of a multihomed association stay together. */
    SCTP("th sport . th dport", "th sport . th dport"),
    ADDRESSES("ip saddr . ip daddr", "ip6 saddr . ip6 daddr"),
    QUOTED_PORTS(
            "@th,192,32 . @th,160,32 . @th,240,16 . @th,224,16", "@th,256,128 . @th,128,128 . @th,400,16 . @th,384,16"),
    QUOTED_SCTP("@th,240,16 . @th,224,16", "@th,400,16 . @th,384,16"),
    QUOTED_ADDRESSES("@th,192,32 . @th,160,32", "@th,256,128 . @th,128,128");

    private final String ipv4;
    private final String ipv6;

    HashInput(String ipv4, String ipv6) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    /** The operand of nft's jhash. */
    String expression(IpFamily family) {
        return switch (family) {
            case IPV4 -> ipv4;
            case IPV6 -> ipv6;
        };
    }
}
