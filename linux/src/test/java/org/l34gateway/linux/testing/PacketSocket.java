// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.l34gateway.linux.Libc;
import org.l34gateway.netlink.KernelRefused;

/** Sockets for whole Ethernet frames of one interface (packet(7)). */
public final class PacketSocket {
    /** Only sends. */
    public static final int SENDS = 0;
    /** Hears every frame that passes, in either direction (ETH_P_ALL). */
    public static final int HEARS_ALL = 0x0003;

    private static final int AF_PACKET = 17;
    /** struct sockaddr_ll. */
    private static final int ADDRESS_BYTES = 20;

    private PacketSocket() {}

    /**
     * Opens one in the calling thread's namespace; the descriptor is the caller's to close.
     *
     * @param ifindex of the interface
     * @param protocol {@link #SENDS} or {@link #HEARS_ALL}
     */
    public static int open(int ifindex, int protocol) {
        short network = Short.reverseBytes((short) protocol);
        int fd = Libc.socket(AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, network);
        if (fd < 0) {
            throw new KernelRefused("socket", "AF_PACKET", -fd);
        }
        byte[] address = ByteBuffer.allocate(ADDRESS_BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_PACKET)
                .putShort(network)
                .putInt(ifindex)
                .array();
        int bound = Libc.bind(fd, address);
        if (bound < 0) {
            Libc.close(fd);
            throw new KernelRefused("bind", "interface " + ifindex, -bound);
        }
        return fd;
    }
}
