// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux;

import java.util.List;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.Notification;

/**
 * News about links, addresses, routes, rules and neighbours of one namespace. One thread waits; any thread may close,
 * which wakes it.
 */
public final class KernelWatch implements AutoCloseable {
    private final NetlinkSocket socket;
    private final int wake;
    private final byte[] buffer = new byte[1 << 16];
    private volatile boolean closed;

    private KernelWatch(NetlinkSocket socket, int wake) {
        this.socket = socket;
        this.wake = wake;
    }

    /**
     * Joins groups in the calling thread's namespace. What happened before is not told: open first, then read.
     *
     * @param groups bits, {@code Notification.GROUP_…}
     * @throws KernelRefused when the kernel refuses
     */
    public static KernelWatch open(int groups) {
        NetlinkSocket socket = NetlinkSocket.listening(groups);
        int wake = Libc.eventfd();
        if (wake < 0) {
            socket.close();
            throw new KernelRefused("eventfd", "watch", -wake);
        }
        return new KernelWatch(socket, wake);
    }

    /**
     * Waits for the next news.
     *
     * @param timeoutMillis -1 for ever
     * @return news in order; empty after the time is over or when closed
     */
    public List<Notification> await(int timeoutMillis) {
        boolean[] ready = new boolean[2];
        int polled = Libc.poll(new int[] {socket.fd(), wake}, ready, timeoutMillis);
        if (closed || polled == 0 || polled == -Errno.EINTR || !ready[0]) {
            return List.of();
        }
        int length = socket.recv(buffer);
        if (length == -Errno.ENOBUFS) {
            return List.of(new Notification.Missed());
        }
        if (length < 0) {
            throw new KernelRefused("recv", "notifications", -length);
        }
        return Notification.read(buffer, length);
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return closed;
    }

    /** Wakes the waiting thread. The descriptors are given back by {@link #release}, when nobody waits any more. */
    @Override
    public void close() {
        closed = true;
        Libc.write(wake, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 8);
    }

    /** Closes the descriptors; called by the waiting thread after it saw {@link #isClosed}. */
    public void release() {
        closed = true;
        socket.close();
        Libc.close(wake);
    }
}
