// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

/**
 * An outside router on the same link. The gateway pod opens the session; the router may as well.
 *
 * @param name what the user calls it, any text, for example {@code namespace/name}; unique in a configuration
 * @param address a unicast address of the router on the link
 * @param link the interface towards it
 * @param local this end
 * @param remote the router's end
 * @param holdTime as sent to the router
 * @param bfd whether and how BFD watches the router
 */
public record BgpNeighbour(
        String name, IpAddress address, InterfaceName link, BgpEnd local, BgpEnd remote, HoldTime holdTime, Bfd bfd) {
    /** BIRD takes symbols of up to 63 characters; this prefix also tells our protocols from those of its image. */
    private static final String PROTOCOL_PREFIX = "l34_";

    private static final int READABLE_LENGTH = 40;

    /** @throws IllegalArgumentException when the address is none that a neighbour can have; the message quotes it */
    public BgpNeighbour {
        if (!isUnicast(address)) {
            throw new IllegalArgumentException("a BGP neighbour has a unicast address, got " + address);
        }
    }

    /**
     * Name of the BIRD protocol: the readable part of the name and 48 bits of its SHA-256. It depends on the name alone,
     * so that other neighbours may come and go without a restart of this session.
     */
    public String protocolName() {
        StringBuilder symbol = new StringBuilder(PROTOCOL_PREFIX);
        for (int i = 0; i < name.length() && i < READABLE_LENGTH; i++) {
            symbol.append(PlainText.isWord(name.charAt(i)) ? name.charAt(i) : '_');
        }
        return symbol.append('_').append(digest(name)).toString();
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static boolean isUnicast(IpAddress address) {
        byte[] bytes = address.toBytes();
        if (address.family() == IpFamily.IPV4) {
            int first = bytes[0] & 0xFF;
            return first != 0 && first != 127 && first < 224;
        }
        boolean multicast = (bytes[0] & 0xFF) == 0xFF;
        // ::/80 holds the unspecified address, loopback and the IPv4-mapped ones, which BIRD takes for IPv4.
        boolean special = true;
        for (int i = 0; i < 10; i++) {
            special &= bytes[i] == 0;
        }
        return !multicast && !special;
    }
}
