// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.ip;

import java.util.Arrays;

/**
 * An IPv4 or IPv6 address without zone. Text is read as RFC 4291 §2.2 allows it and written as RFC 5952 recommends it;
 * an IPv4-mapped IPv6 address stays IPv6. The natural order is IPv4 before IPv6, then by the unsigned bytes.
 */
public final class IpAddress implements Comparable<IpAddress> {
    /** 2³² divided by the golden ratio. Every odd factor keeps different words different. */
    private static final int ODD = 0x9E3779B1;

    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Of 4 or 16 bytes in network order; the array is copied.
     *
     * @throws IllegalArgumentException when the array has another length
     */
    public static IpAddress of(byte[] networkOrder) {
        if (networkOrder.length != 4 && networkOrder.length != 16) {
            throw new IllegalArgumentException("an IP address has 4 or 16 bytes, got " + networkOrder.length);
        }
        return new IpAddress(Arrays.copyOf(networkOrder, networkOrder.length));
    }

    /**
     * Reads {@code 192.0.2.1} or {@code 2001:db8::1}: no zone, no prefix length, no leading zeros in IPv4, no names.
     *
     * @throws IllegalArgumentException when the text is not an address; the message quotes it
     */
    public static IpAddress parse(String text) {
        byte[] parsed = text.indexOf(':') >= 0 ? AddressText.readIpv6(text) : AddressText.readIpv4(text);
        return new IpAddress(parsed);
    }

    public IpFamily family() {
        return bytes.length == 4 ? IpFamily.IPV4 : IpFamily.IPV6;
    }

    /** A copy of the 4 or 16 bytes in network order. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, bytes.length);
    }

    /** The address with all bits after the first {@code length} cleared. */
    IpAddress masked(int length) {
        byte[] masked = Arrays.copyOf(bytes, bytes.length);
        for (int i = 0; i < masked.length; i++) {
            int bitsKept = Math.clamp(length - i * 8, 0, 8);
            masked[i] = (byte) (masked[i] & (0xFF00 >> bitsKept));
        }
        return new IpAddress(masked);
    }

    @Override
    public int compareTo(IpAddress other) {
        // Not Arrays.compareUnsigned, which TeaVM does not have.
        int order = Integer.compare(bytes.length, other.bytes.length);
        for (int i = 0; order == 0 && i < bytes.length; i++) {
            order = Integer.compare(bytes[i] & 0xFF, other.bytes[i] & 0xFF);
        }
        return order;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress address && Arrays.equals(bytes, address.bytes);
    }

    /** Not {@code Arrays.hashCode}, for which addresses that are near each other have few hashes: those of 10.0.0.0/16 only 8,161. */
    @Override
    public int hashCode() {
        int hash = 0;
        for (int i = 0; i < bytes.length; i += Integer.BYTES) {
            hash = (hash + word(i)) * ODD;
        }
        return hash;
    }

    private int word(int at) {
        int word = 0;
        for (int i = at; i < at + Integer.BYTES; i++) {
            word = (word << Byte.SIZE) | (bytes[i] & 0xFF);
        }
        return word;
    }

    /** The canonical text (RFC 5952): {@code 192.0.2.1}, {@code 2001:db8::1}. */
    @Override
    public String toString() {
        return bytes.length == 4 ? AddressText.writeIpv4(bytes) : AddressText.writeIpv6(bytes);
    }
}
