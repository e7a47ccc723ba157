// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Arrays;
import java.util.Optional;
import org.l34gateway.linux.Libc;
import org.l34gateway.linux.testing.PacketSocket;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.KernelRefused;

/** Whole Ethernet frames of one interface, sent and heard (packet(7)). */
final class RawLink implements AutoCloseable {
    private static final int LONGEST = 9_100;

    private final int fd;
    private final byte[] buffer = new byte[LONGEST];

    private RawLink(int fd) {
        this.fd = fd;
    }

    static RawLink open(ScratchNetns netns, String name) {
        int index = netns.link(name).index();
        return netns.call(() -> new RawLink(PacketSocket.open(index, PacketSocket.HEARS_ALL)));
    }

    void send(byte[] frame) {
        int sent = Libc.send(fd, frame, frame.length);
        if (sent < 0) {
            throw new KernelRefused("send", "frame", -sent);
        }
    }

    /** The next frame that passes in either direction, if one does in time. */
    Optional<byte[]> receive(int timeoutMillis) {
        if (Libc.poll(new int[] {fd}, new boolean[1], timeoutMillis) <= 0) {
            return Optional.empty();
        }
        int length = Libc.recv(fd, buffer);
        if (length < 0) {
            throw new KernelRefused("recv", "frame", -length);
        }
        return Optional.of(Arrays.copyOf(buffer, length));
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
