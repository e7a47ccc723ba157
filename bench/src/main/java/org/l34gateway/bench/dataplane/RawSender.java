// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntConsumer;
import org.l34gateway.linux.Libc;
import org.l34gateway.linux.testing.PacketSocket;
import org.l34gateway.netlink.KernelRefused;

/**
 * Sends Ethernet frames by one interface, past queueing disciplines, many with one system call (packet(7), sendmmsg(2)).
 * Opened in the namespace of the interface.
 *
 * <p>Frames of flows differ in few bytes. Only those are kept of each and written into a few buffers again and again, so that
 * the sender leaves the processor's caches to what is measured, as packets from a network adapter do.
 */
final class RawSender implements AutoCloseable {
    private static final int SOL_PACKET = 263;
    private static final int PACKET_QDISC_BYPASS = 20;
    /** struct mmsghdr of a 64-bit machine. */
    private static final int MMSGHDR_BYTES = 64;

    private static final int IOVEC_BYTES = 16;
    private static final int SCHED_FIFO = 1;
    private static final int LEAST_PRIORITY = 1;
    /** How many frames are sent with one system call when it does not matter. */
    static final int MANY = 250;

    private final int fd;
    private final int perCall;
    private final int frames;
    /** Where the bytes begin that differ from frame to frame, and how many there are. */
    private final int from;

    private final int length;
    /** Those of all frames. */
    private final byte[] varying;

    private final int frameBytes;
    private final Memory bytes;
    private final ByteBuffer buffers;
    private final Memory vectors;
    private final Memory headers;

    private RawSender(int fd, List<byte[]> frames, int perCall) {
        byte[] first = frames.getFirst();
        this.fd = fd;
        this.perCall = perCall;
        this.frames = frames.size();
        this.frameBytes = first.length;
        int begin = first.length;
        int end = 0;
        for (byte[] frame : frames) {
            if (frame.length != first.length) {
                throw new IllegalArgumentException("want frames of the same length");
            }
            for (int i = 0; i < frame.length; i++) {
                if (frame[i] != first[i]) {
                    begin = Math.min(begin, i);
                    end = Math.max(end, i + 1);
                }
            }
        }
        this.from = Math.min(begin, end);
        this.length = end - from;
        this.varying = new byte[length * frames.size()];
        for (int i = 0; i < frames.size(); i++) {
            System.arraycopy(frames.get(i), from, varying, i * length, length);
        }
        this.bytes = new Memory((long) frameBytes * perCall);
        this.buffers = bytes.getByteBuffer(0, bytes.size());
        this.vectors = new Memory((long) IOVEC_BYTES * perCall);
        this.headers = new Memory((long) MMSGHDR_BYTES * perCall);
        headers.clear();
        for (int i = 0; i < perCall; i++) {
            buffers.put(i * frameBytes, first);
            vectors.setPointer((long) IOVEC_BYTES * i, bytes.share((long) frameBytes * i));
            vectors.setLong((long) IOVEC_BYTES * i + 8, frameBytes);
            headers.setPointer((long) MMSGHDR_BYTES * i + 16, vectors.share((long) IOVEC_BYTES * i));
            headers.setLong((long) MMSGHDR_BYTES * i + 24, 1);
        }
    }

    /**
     * In the calling thread's namespace.
     *
     * @param ifindex of the interface
     * @param frames at least one, all of the same length
     * @param perCall how many are sent with one system call
     */
    static RawSender open(int ifindex, List<byte[]> frames, int perCall) {
        int fd = PacketSocket.open(ifindex, PacketSocket.SENDS);
        Libc.setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
        return new RawSender(fd, frames, perCall);
    }

    /** How many frames it has. */
    int frames() {
        return frames;
    }

    /**
     * Sends all frames in their order, this many times.
     *
     * @param sent is told after each system call how many frames it has sent
     */
    void send(int times, IntConsumer sent) {
        for (int time = 0; time < times; time++) {
            for (int done = 0; done < frames; done += perCall) {
                int count = Math.min(perCall, frames - done);
                for (int i = 0; i < count; i++) {
                    buffers.put(i * frameBytes + from, varying, (done + i) * length, length);
                }
                sendFirst(count);
                sent.accept(count);
            }
        }
    }

    private void sendFirst(int count) {
        int sent = 0;
        while (sent < count) {
            try {
                sent += C.sendmmsg(fd, headers.share((long) MMSGHDR_BYTES * sent), count - sent, 0);
            } catch (LastErrorException refused) {
                throw new KernelRefused("sendmmsg", "frames", refused.getErrorCode());
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

    /**
     * Keeps the calling thread on one CPU, which nobody else gets before it waits or lets others run: what else the machine does is
     * not measured (SCHED_FIFO of sched(7)).
     */
    static void pin(int cpu) {
        byte[] mask = new byte[128];
        mask[cpu / 8] = (byte) (1 << cpu % 8);
        try {
            C.sched_setaffinity(0, mask.length, mask);
            C.sched_setscheduler(0, SCHED_FIFO, new int[] {LEAST_PRIORITY});
        } catch (LastErrorException refused) {
            throw new KernelRefused("sched_setaffinity, sched_setscheduler", "CPU " + cpu, refused.getErrorCode());
        }
    }

    /** Lets those run that wait for the calling thread's CPU in the same way. */
    static void letOthersRun() {
        C.sched_yield();
    }

    /** JNA binds these at first use. */
    private static final class C {
        static {
            Native.register(C.class, "c");
        }

        static native int sendmmsg(int fd, Pointer headers, int count, int flags) throws LastErrorException;

        static native int sched_yield();

        static native int sched_setscheduler(int thread, int policy, int[] priority) throws LastErrorException;

        static native int sched_setaffinity(int thread, long length, byte[] mask) throws LastErrorException;
    }
}
