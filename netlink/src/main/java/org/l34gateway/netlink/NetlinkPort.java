// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

/**
 * A datagram socket of family {@code AF_NETLINK}, protocol {@code NETLINK_ROUTE}, that somebody else opened in some
 * network namespace and will close. Errors come back as negative errno, so that the JVM and the native host need no
 * exceptions across their border.
 */
public interface NetlinkPort {
    /** Sends the first {@code length} bytes as one datagram to the kernel. Returns the number of bytes sent or -errno. */
    int send(byte[] message, int length);

    /** Waits for one datagram and puts it at the start of {@code buffer}. Returns its length or -errno. */
    int recv(byte[] buffer);
}
