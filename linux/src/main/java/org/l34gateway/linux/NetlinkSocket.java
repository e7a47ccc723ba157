// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.NetlinkPort;

/**
 * A {@code NETLINK_ROUTE} socket in the namespace in which it was opened, whatever thread uses it later. Answers come
 * with the kernel's explanations, lists are filtered by the kernel (both since Linux 4.20, silently without before).
 */
public final class NetlinkSocket implements NetlinkPort, AutoCloseable {
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int WATCH_BUFFER_BYTES = 1 << 20;

    private final int fd;

    private NetlinkSocket(int fd) {
        this.fd = fd;
    }

    /**
     * Opens a socket for requests in the calling thread's namespace.
     *
     * @throws KernelRefused when the kernel gives none
     */
    public static NetlinkSocket open() {
        int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NETLINK_ROUTE);
        if (fd < 0) {
            throw new KernelRefused("socket", "AF_NETLINK", -fd);
        }
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        return new NetlinkSocket(fd);
    }

    /** Opens a socket for requests inside a namespace. */
    public static NetlinkSocket open(Netns netns) {
        try {
            return netns.call(() -> open());
        } catch (RuntimeException refused) {
            throw refused;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while opening a socket in " + netns, interrupted);
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Opens a socket that hears notifications, in the calling thread's namespace.
     *
     * @param groups bits, {@code Notification.GROUP_…}
     */
    static NetlinkSocket listening(int groups) {
        NetlinkSocket socket = open();
        Libc.setsockopt(socket.fd, SOL_SOCKET, SO_RCVBUF, WATCH_BUFFER_BYTES);
        byte[] address = new byte[12]; // struct sockaddr_nl: u16 family, u16 padding, u32 port, u32 groups
        address[0] = Libc.AF_NETLINK;
        for (int i = 0; i < 4; i++) {
            address[8 + i] = (byte) (groups >>> (8 * i));
        }
        int bound = Libc.bind(socket.fd, address);
        if (bound < 0) {
            socket.close();
            throw new KernelRefused("bind", "netlink groups 0x" + Integer.toHexString(groups), -bound);
        }
        return socket;
    }

    int fd() {
        return fd;
    }

    @Override
    public int send(byte[] message, int length) {
        return Libc.send(fd, message, length);
    }

    @Override
    public int recv(byte[] buffer) {
        return Libc.recv(fd, buffer);
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
