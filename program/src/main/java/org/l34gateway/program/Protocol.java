// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

/** A transport protocol that a route can name; all three have their ports in the first four bytes of the header. */
public enum Protocol {
    /** RFC 9293. */
    TCP(6, 20),
    /** RFC 768. */
    UDP(17, 8),
    /** RFC 9260. */
    SCTP(132, 12);

    private final int number;
    private final int headerBytes;

    Protocol(int number, int headerBytes) {
        this.number = number;
        this.headerBytes = headerBytes;
    }

    /** The number in the IPv4 header's Protocol and the IPv6 Next Header field (IANA "Assigned Internet Protocol Numbers"). */
    public int number() {
        return number;
    }

    /** How long a header is at least: without the options of TCP and the chunks of SCTP. */
    public int headerBytes() {
        return headerBytes;
    }
}
