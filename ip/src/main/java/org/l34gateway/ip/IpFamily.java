// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.ip;

/** An Internet Protocol version with the numbers that the kernel and the wire use for it. */
public enum IpFamily {
    /** RFC 791. */
    IPV4(2, 4),
    /** RFC 8200. */
    IPV6(10, 16);

    private final int addressFamily;
    private final int bytes;

    IpFamily(int addressFamily, int bytes) {
        this.addressFamily = addressFamily;
        this.bytes = bytes;
    }

    /** The kernel's {@code AF_INET} (2) or {@code AF_INET6} (10). */
    public int addressFamily() {
        return addressFamily;
    }

    /** Length of an address: 4 or 16. */
    public int bytes() {
        return bytes;
    }

    /** Length of an address, which is also the longest prefix length: 32 or 128. */
    public int bits() {
        return bytes * 8;
    }
}
