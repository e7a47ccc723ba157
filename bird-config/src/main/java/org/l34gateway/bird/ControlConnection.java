// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One conversation over BIRD's control socket. Non-blocking beneath: the JDK has no timeout for Unix domain sockets. */
final class ControlConnection implements AutoCloseable {
    private static final int MAX_REPLY_BYTES = 16 << 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final long deadlineNanos;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);

    private ControlConnection(SocketChannel channel, Selector selector, long deadlineNanos) {
        this.channel = channel;
        this.selector = selector;
        this.deadlineNanos = deadlineNanos;
        buffer.flip();
    }

    /** Connects and reads BIRD's greeting. The timeout is for the whole conversation. */
    static ControlConnection open(Path socket, Duration timeout) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            var connection = new ControlConnection(channel, selector, System.nanoTime() + timeout.toNanos());
            try {
                connection.connect(UnixDomainSocketAddress.of(socket));
                connection.read();
                return connection;
            } catch (IOException e) {
                selector.close();
                throw e;
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void connect(UnixDomainSocketAddress address) throws IOException {
        if (!channel.connect(address)) {
            channel.register(selector, SelectionKey.OP_CONNECT);
            do {
                await(SelectionKey.OP_CONNECT);
            } while (!channel.finishConnect());
        }
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** @throws BirdUnreachableException when the reply did not end in time */
    Reply ask(String command) throws IOException {
        if (command.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a command is one line, got " + PlainText.quoted(command));
        }
        ByteBuffer bytes = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
        return read();
    }

    private Reply read() throws IOException {
        List<String> lines = new ArrayList<>();
        var line = new ByteArrayOutputStream();
        int bytesRead = 0;
        while (true) {
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next != '\n') {
                    line.write(next);
                    continue;
                }
                lines.add(line.toString(StandardCharsets.UTF_8));
                line.reset();
                if (Reply.endsReply(lines.getLast())) {
                    return Reply.parse(lines);
                }
            }
            bytesRead += fill();
            if (bytesRead > MAX_REPLY_BYTES) {
                throw new BirdUnreachableException("reply of BIRD has more than " + MAX_REPLY_BYTES + " bytes");
            }
        }
    }

    private int fill() throws IOException {
        buffer.clear();
        int count;
        while ((count = channel.read(buffer)) == 0) {
            await(SelectionKey.OP_READ);
        }
        buffer.flip();
        if (count < 0) {
            throw new BirdUnreachableException("BIRD closed its control socket");
        }
        return count;
    }

    private void await(int operation) throws IOException {
        channel.keyFor(selector).interestOps(operation);
        long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
            throw new BirdUnreachableException("BIRD did not answer in time");
        }
        selector.select(leftMillis);
        selector.selectedKeys().clear();
        if (Thread.currentThread().isInterrupted()) {
            throw new BirdUnreachableException("interrupted while waiting for BIRD");
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            selector.close();
        }
    }
}
