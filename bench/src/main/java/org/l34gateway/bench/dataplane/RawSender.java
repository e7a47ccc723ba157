// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.List;
import org.l34gateway.linux.Libc;
import org.l34gateway.linux.testing.PacketSocket;
import org.l34gateway.netlink.KernelRefused;

/**
 * Sends prepared Ethernet frames by one interface, past queueing disciplines, many with one system call (packet(7),
 * sendmmsg(2)). Opened in the namespace of the interface.
 */
final class RawSender implements AutoCloseable {
    private static final int SOL_PACKET = 263;
    private static final int PACKET_QDISC_BYPASS = 20;
    /** struct mmsghdr of a 64-bit machine. */
    private static final int MMSGHDR_BYTES = 64;

    private static final int IOVEC_BYTES = 16;
    private static final int PER_CALL = 500;

    private final int fd;
    private final int frames;
    private final Memory bytes;
    private final Memory vectors;
    private final Memory headers;

    private RawSender(int fd, List<byte[]> frames) {
        this.fd = fd;
        this.frames = frames.size();
        this.bytes = new Memory(frames.stream().mapToInt(frame -> frame.length).sum());
        this.vectors = new Memory((long) IOVEC_BYTES * frames.size());
        this.headers = new Memory((long) MMSGHDR_BYTES * frames.size());
        headers.clear();
        long at = 0;
        for (int i = 0; i < frames.size(); i++) {
            byte[] frame = frames.get(i);
            bytes.write(at, frame, 0, frame.length);
            vectors.setPointer((long) IOVEC_BYTES * i, bytes.share(at));
            vectors.setLong((long) IOVEC_BYTES * i + 8, frame.length);
            headers.setPointer((long) MMSGHDR_BYTES * i + 16, vectors.share((long) IOVEC_BYTES * i));
            headers.setLong((long) MMSGHDR_BYTES * i + 24, 1);
            at += frame.length;
        }
    }

    /**
     * In the calling thread's namespace.
     *
     * @param ifindex of the interface
     * @param frames at least one
     */
    static RawSender open(int ifindex, List<byte[]> frames) {
        int fd = PacketSocket.open(ifindex, PacketSocket.SENDS);
        Libc.setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
        return new RawSender(fd, frames);
    }

    /** How many frames it has. */
    int frames() {
        return frames;
    }

    /** Sends all frames in their order, this many times. */
    void send(int times) {
        for (int time = 0; time < times; time++) {
            int sent = 0;
            while (sent < frames) {
                try {
                    sent += C.sendmmsg(
                            fd, headers.share((long) MMSGHDR_BYTES * sent), Math.min(PER_CALL, frames - sent), 0);
                } catch (LastErrorException refused) {
                    throw new KernelRefused("sendmmsg", "frames", refused.getErrorCode());
                }
            }
        }
    }

    @Override
    public void close() {
        Libc.close(fd);
        headers.close();
        vectors.close();
        bytes.close();
    }

    /** Keeps the calling thread on one CPU. */
    static void pin(int cpu) {
        byte[] mask = new byte[128];
        mask[cpu / 8] = (byte) (1 << cpu % 8);
        try {
            C.sched_setaffinity(0, mask.length, mask);
        } catch (LastErrorException refused) {
            throw new KernelRefused("sched_setaffinity", "CPU " + cpu, refused.getErrorCode());
        }
    }

    /** JNA binds these at first use. */
    private static final class C {
        static {
            Native.register(C.class, "c");
        }

        static native int sendmmsg(int fd, Pointer headers, int count, int flags) throws LastErrorException;

        static native int sched_setaffinity(int thread, long length, byte[] mask) throws LastErrorException;
    }
}
