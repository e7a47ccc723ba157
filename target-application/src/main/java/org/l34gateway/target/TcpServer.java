// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One listening TCP port on all addresses of both families, a virtual thread per connection. */
final class TcpServer {
    private static final int BACKLOG = 1024;

    private final ServerSocket listener;
    private final byte[] greeting;
    private final ExecutorService connections = Executors.newVirtualThreadPerTaskExecutor();

    private TcpServer(ServerSocket listener, String hostName) {
        this.listener = listener;
        this.greeting = (hostName + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @param port 0 lets the kernel choose
     * @throws IOException when the port cannot be bound
     */
    static TcpServer listen(int port, String hostName) throws IOException {
        var listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(port), BACKLOG);
        var server = new TcpServer(listener, hostName);
        Thread.ofPlatform().name("tcp-" + server.port()).start(server::acceptUntilClosed);
        return server;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Takes no further connections; the open ones go on. */
    void stopListening() throws IOException {
        listener.close();
        connections.shutdown();
    }

    /** Waits at most {@code patience} until the open connections ended; false when some have not. */
    boolean drained(Duration patience) throws InterruptedException {
        return connections.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void acceptUntilClosed() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.execute(() -> answer(connection));
            } catch (RejectedExecutionException stopping) {
                return;
            } catch (IOException failed) {
                // Closed by close(), or a connection that died in the queue: the loop's condition tells them apart.
                if (!listener.isClosed()) System.err.println("accept on port " + port() + ": " + failed.getMessage());
            }
        }
    }

    private void answer(Socket connection) {
        try (connection;
                var in = new BufferedInputStream(connection.getInputStream(), 16 << 10);
                var out = connection.getOutputStream()) {
            connection.setTcpNoDelay(true);
            out.write(greeting);
            for (byte[] line = line(in); line != null; line = line(in)) answer(line, out);
        } catch (IOException gone) {
            // The client's business: it resets connections and cuts lines as its test wants it.
            System.err.println("connection of " + connection.getRemoteSocketAddress() + " ended: " + gone.getMessage());
        }
    }

    private static void answer(byte[] line, OutputStream out) throws IOException {
        switch (Request.of(line, line.length)) {
            case Request.Send(int bytes) -> out.write(Request.filler(bytes));
            case Request.Echo _ -> out.write(line);
        }
    }

    /** The next line with its line end; what stands before the end of the stream without one counts as a line too. */
    private static byte @Nullable [] line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            line.write(next);
            if (next == '\n') return line.toByteArray();
            if (line.size() > Request.LARGEST_BYTES) throw new IOException("line of more than 64 MiB");
        }
        return line.size() == 0 ? null : line.toByteArray();
    }
}
