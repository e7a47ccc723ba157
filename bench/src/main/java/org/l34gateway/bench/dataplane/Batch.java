// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/** Room for frames that are sent or received with one system call (sendmmsg(2), recvmmsg(2)). */
public final class Batch implements AutoCloseable {
    /** struct mmsghdr of a 64-bit machine. */
    private static final int MMSGHDR_BYTES = 64;

    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int IOVEC_BYTES = 16;
    private static final int IOV_LEN = 8;
    private static final int MSG_DONTWAIT = 0x40;

    private final int frames;
    private final Memory memory;
    private final ByteBuffer bytes;
    private final Memory vectors;
    private final Memory headers;

    /** @param frameBytes of the longest; what is received is cut to it */
    public Batch(int frames, int frameBytes) {
        this.frames = frames;
        this.memory = new Memory((long) frameBytes * frames);
        this.bytes = memory.getByteBuffer(0, memory.size()).order(ByteOrder.BIG_ENDIAN);
        this.vectors = new Memory((long) IOVEC_BYTES * frames);
        this.headers = new Memory((long) MMSGHDR_BYTES * frames);
        headers.clear();
        for (int i = 0; i < frames; i++) {
            vectors.setPointer((long) IOVEC_BYTES * i, memory.share((long) frameBytes * i));
            vectors.setLong((long) IOVEC_BYTES * i + IOV_LEN, frameBytes);
            headers.setPointer((long) MMSGHDR_BYTES * i + MSG_IOV, vectors.share((long) IOVEC_BYTES * i));
            headers.setLong((long) MMSGHDR_BYTES * i + MSG_IOVLEN, 1);
        }
    }

    /** All frames, one after the other, each with room for the longest; in network byte order. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Sets how many bytes of a frame are sent. */
    public void setLength(int frame, int length) {
        vectors.setLong((long) IOVEC_BYTES * frame + IOV_LEN, length);
    }

    /**
     * Sends the first frames.
     *
     * @throws KernelRefused when one of them was not sent
     */
    public void send(int fd, int count) {
        int sent = 0;
        while (sent < count) {
            try {
                sent += C.sendmmsg(fd, headers.share((long) MMSGHDR_BYTES * sent), count - sent, 0);
            } catch (LastErrorException refused) {
                throw new KernelRefused("sendmmsg", "frames", refused.getErrorCode());
            }
        }
    }

    /** Receives what is there, without waiting; returns how many frames. */
    public int receive(int fd) {
        try {
            return C.recvmmsg(fd, headers, frames, MSG_DONTWAIT, null);
        } catch (LastErrorException refused) {
            if (refused.getErrorCode() == Errno.EAGAIN) {
                return 0;
            }
            throw new KernelRefused("recvmmsg", "frames", refused.getErrorCode());
        }
    }

    @Override
    public void close() {
        headers.close();
        vectors.close();
        memory.close();
    }

    /** JNA binds these at first use. */
    private static final class C {
        static {
            Native.register(C.class, "c");
        }

        static native int sendmmsg(int fd, Pointer headers, int count, int flags) throws LastErrorException;

        static native int recvmmsg(int fd, Pointer headers, int count, int flags, @Nullable Pointer timeout)
                throws LastErrorException;
    }
}
