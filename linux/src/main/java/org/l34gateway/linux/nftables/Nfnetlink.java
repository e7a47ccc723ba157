// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.l34gateway.linux.Libc;
import org.l34gateway.netlink.Errno;
import org.l34gateway.netlink.KernelRefused;

/**
 * A conversation with nf_tables in the namespace in which it was opened (linux/netfilter/nfnetlink.h). Not for use by
 * several threads at once.
 */
final class Nfnetlink implements AutoCloseable {
    private static final int HEADER_BYTES = 16;
    private static final int NFGENMSG_BYTES = 4;
    private static final int NFNL_SUBSYS_NFTABLES = 10;
    private static final int NFNL_MSG_BATCH_BEGIN = 16;
    private static final int NFNL_MSG_BATCH_END = 17;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int NETLINK_NETFILTER = 12;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP = 0x300;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int TRIES = 10;

    private final int fd;
    private final byte[] buffer = new byte[1 << 16];
    private int sequence;
    private int sendBufferBytes;

    private Nfnetlink(int fd) {
        this.fd = fd;
    }

    /**
     * Opens a socket in the calling thread's namespace.
     *
     * @throws KernelRefused when the kernel gives none
     */
    static Nfnetlink open() {
        int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NETLINK_NETFILTER);
        if (fd < 0) {
            throw new KernelRefused("socket", "NETLINK_NETFILTER", -fd);
        }
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
        return new Nfnetlink(fd);
    }

    /** The number of a message to or from nf_tables. */
    static int type(MessageType message) {
        return NFNL_SUBSYS_NFTABLES << 8 | message.number();
    }

    /** Asks for something that one message answers. */
    void ask(Message question, MessageType answer, Consumer<List<Attribute>> hear) {
        sequence++;
        byte[] bytes = question.bytes(NLM_F_REQUEST | NLM_F_ACK, sequence);
        int sent = Libc.send(fd, bytes, bytes.length);
        if (sent < 0) {
            throw refused(question, -sent);
        }
        collect(question, answer, hear);
    }

    /**
     * Lists objects. A list during which they changed is asked for again.
     *
     * @param answer type of the messages that tell of an object
     * @param begin called before each try
     * @param each called for each of these messages with its attributes
     * @return whether there is what was asked for
     */
    boolean dump(Message question, MessageType answer, Runnable begin, Consumer<List<Attribute>> each) {
        for (int i = 0; i < TRIES; i++) {
            begin.run();
            sequence++;
            byte[] bytes = question.bytes(NLM_F_REQUEST | NLM_F_DUMP, sequence);
            int sent = Libc.send(fd, bytes, bytes.length);
            if (sent < 0) {
                throw refused(question, -sent);
            }
            switch (collect(question, answer, each)) {
                case COMPLETE -> {
                    return true;
                }
                case ABSENT -> {
                    return false;
                }
                case CHANGED -> {}
            }
        }
        throw new KernelRefused(
                question.name(), question.about() + ", which changed " + TRIES + " times", Errno.EAGAIN);
    }

    private enum Dump {
        COMPLETE,
        ABSENT,
        CHANGED
    }

    private Dump collect(Message question, MessageType answer, Consumer<List<Attribute>> each) {
        boolean changed = false;
        while (true) {
            ByteBuffer datagram = receive(question);
            while (datagram.remaining() >= HEADER_BYTES) {
                ByteBuffer message = Attribute.take(datagram, datagram.getInt(datagram.position()));
                int type = message.getShort(4) & 0xFFFF;
                if (message.getInt(8) != sequence) {
                    continue; // the rest of a list that was given up
                }
                changed |= (message.getShort(6) & NLM_F_DUMP_INTR) != 0;
                if (type == NLMSG_DONE || type == NLMSG_ERROR) {
                    int errno = errno(message);
                    if (errno == Errno.ENOENT) {
                        return Dump.ABSENT;
                    }
                    if (errno != 0) {
                        throw refused(question, errno);
                    }
                    return changed ? Dump.CHANGED : Dump.COMPLETE;
                }
                if (type == type(answer)) {
                    each.accept(Attribute.in(message.position(HEADER_BYTES + NFGENMSG_BYTES)));
                }
            }
        }
    }

    /**
     * Sends messages as one batch, which is one transaction.
     *
     * @throws KernelRefused when one of them is refused; nothing was changed then
     */
    void run(List<Message> messages) {
        if (messages.isEmpty()) {
            return;
        }
        int begin = sequence + 1;
        int last = begin + messages.size();
        sequence = last + 1;
        byte[] bytes = batch(messages, begin);
        if (bytes.length > sendBufferBytes) {
            // The kernel takes a batch in one piece only. If it refuses the room, it will refuse the batch.
            Libc.setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, bytes.length);
            sendBufferBytes = bytes.length;
        }
        int sent = Libc.send(fd, bytes, bytes.length);
        if (sent < 0) {
            throw refused(messages.getFirst(), -sent);
        }
        hear(messages, begin, last);
    }

    private static byte[] batch(List<Message> messages, int begin) {
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        batch.writeBytes(Message.mark(NFNL_MSG_BATCH_BEGIN, NFNL_SUBSYS_NFTABLES, begin));
        int number = begin;
        for (Message message : messages) {
            number++;
            boolean last = number == begin + messages.size();
            batch.writeBytes(message.bytes(NLM_F_REQUEST | message.flags() | (last ? NLM_F_ACK : 0), number));
        }
        batch.writeBytes(Message.mark(NFNL_MSG_BATCH_END, NFNL_SUBSYS_NFTABLES, number + 1));
        return batch.toByteArray();
    }

    /** Whatever is refused is answered before the last message, which is always answered, unless the batch itself is refused. */
    private void hear(List<Message> messages, int begin, int last) {
        @Nullable KernelRefused refused = null;
        while (true) {
            ByteBuffer datagram = receive(messages.getFirst());
            while (datagram.remaining() >= HEADER_BYTES) {
                ByteBuffer message = Attribute.take(datagram, datagram.getInt(datagram.position()));
                int about = message.getInt(8);
                if (about < begin || about > last) {
                    continue; // about an earlier batch that was refused as a whole
                }
                int errno = errno(message);
                if (errno != 0 && refused == null) {
                    refused = refused(messages.get(Math.max(0, about - begin - 1)), errno);
                }
                if (about == last || (about == begin && errno != 0)) {
                    if (refused != null) {
                        throw refused;
                    }
                    return;
                }
            }
        }
    }

    private static KernelRefused refused(Message message, int errno) {
        return new KernelRefused(message.name(), message.about(), errno);
    }

    private static int errno(ByteBuffer message) {
        return message.limit() >= HEADER_BYTES + Integer.BYTES ? -message.getInt(HEADER_BYTES) : 0;
    }

    private ByteBuffer receive(Message asked) {
        while (true) {
            int received = Libc.recv(fd, buffer);
            if (received >= 0) {
                return ByteBuffer.wrap(buffer, 0, received).order(ByteOrder.nativeOrder());
            }
            if (received != -Errno.EINTR) {
                throw refused(asked, -received);
            }
        }
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
