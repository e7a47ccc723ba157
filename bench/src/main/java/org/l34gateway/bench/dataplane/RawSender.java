// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.util.List;
import java.util.function.IntConsumer;
import org.l34gateway.linux.Libc;
import org.l34gateway.linux.testing.PacketSocket;

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
    private final int fd;
    private final int perCall;
    private final int frames;
    /** Where the bytes begin that differ from frame to frame, and how many there are. */
    private final int from;

    private final int length;
    /** Those of all frames. */
    private final byte[] varying;

    private final int frameBytes;
    private final Batch batch;

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
        this.batch = new Batch(perCall, frameBytes);
        for (int i = 0; i < perCall; i++) {
            batch.bytes().put(i * frameBytes, first);
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
     * Sends all frames in their order.
     *
     * @param sent is told after each system call how many frames it has sent
     */
    void send(IntConsumer sent) {
        for (int done = 0; done < frames; done += perCall) {
            int count = Math.min(perCall, frames - done);
            for (int i = 0; i < count; i++) {
                batch.bytes().put(i * frameBytes + from, varying, (done + i) * length, length);
            }
            batch.send(fd, count);
            sent.accept(count);
        }
    }

    @Override
    public void close() {
        Libc.close(fd);
        batch.close();
    }
}
