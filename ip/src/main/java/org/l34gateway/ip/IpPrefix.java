// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.ip;

/**
 * An address prefix (RFC 4632 §3.1, RFC 4291 §2.3). Bits after {@code length} are zero: the constructor clears them, so
 * equal prefixes are equal records. Ordered by address, then by length.
 *
 * @param address network address, host bits zero
 * @param length prefix length in bits, 0..32 or 0..128
 */
public record IpPrefix(IpAddress address, int length) implements Comparable<IpPrefix> {
    /** @throws IllegalArgumentException when the length does not fit the address; the message quotes both */
    public IpPrefix {
        if (length < 0 || length > address.family().bits()) {
            throw new IllegalArgumentException("prefix length " + length + " does not fit " + address + ", want 0.."
                    + address.family().bits());
        }
        address = address.masked(length);
    }

    /** The host prefix of an address: /32 or /128. */
    public static IpPrefix host(IpAddress address) {
        return new IpPrefix(address, address.family().bits());
    }

    /**
     * Reads {@code ADDRESS/LENGTH}, or an address alone as its host prefix. Host bits are cleared.
     *
     * @throws IllegalArgumentException when the text is neither; the message quotes it
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return host(IpAddress.parse(text));
        }
        IpAddress address = IpAddress.parse(text.substring(0, slash));
        return new IpPrefix(address, readLength(text, slash + 1));
    }

    private static int readLength(String text, int from) {
        int length = 0;
        int digits = text.length() - from;
        boolean wellFormed = digits >= 1 && digits <= 3 && !(digits > 1 && text.charAt(from) == '0');
        for (int i = from; wellFormed && i < text.length(); i++) {
            wellFormed = text.charAt(i) >= '0' && text.charAt(i) <= '9';
            length = length * 10 + (text.charAt(i) - '0');
        }
        if (!wellFormed) {
            throw new IllegalArgumentException("not an IP prefix: \"" + text + "\"");
        }
        return length;
    }

    public IpFamily family() {
        return address.family();
    }

    /** Whether the prefix holds one address only. */
    public boolean isHost() {
        return length == family().bits();
    }

    /** Whether the address is of the same family and inside the prefix. */
    public boolean contains(IpAddress candidate) {
        return isHost()
                ? candidate.equals(address)
                : candidate.family() == family() && candidate.masked(length).equals(address);
    }

    /** Whether every address of {@code other} is inside this prefix. */
    public boolean contains(IpPrefix other) {
        return other.length >= length && contains(other.address);
    }

    @Override
    public int compareTo(IpPrefix other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
    }

    /** {@code ADDRESS/LENGTH}, always with the length. */
    @Override
    public String toString() {
        return address + "/" + length;
    }
}
