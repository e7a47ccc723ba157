// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy on 127.0.0.1 that swallows what its connections carry, or resets them, when a test wants it to. */
final class FaultyProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    private record Connection(Socket client, Socket server) {}

    /** Those that carry nothing any more. */
    private final Set<Connection> swallowed = ConcurrentHashMap.newKeySet();

    private volatile boolean swallowNew;

    private FaultyProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    static FaultyProxy before(int port) throws IOException {
        return new FaultyProxy(port);
    }

    int port() {
        return server.getLocalPort();
    }

    /** From now on nothing of the open connections arrives, in either direction, and nobody is told; new ones work. */
    void swallow() {
        swallowed.addAll(connections);
    }

    /** Whether connections that are made from now on carry anything. */
    void swallowNew(boolean swallow) {
        swallowNew = swallow;
    }

    /** Resets the open connections. */
    void reset() throws IOException {
        for (Connection connection : connections) {
            connection.client().setSoLinger(true, 0);
            connection.client().close();
            connection.server().close();
        }
    }

    int open() {
        return connections.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Connection connection = new Connection(client, new Socket(InetAddress.getLoopbackAddress(), target));
                if (swallowNew) {
                    swallowed.add(connection);
                }
                connections.add(connection);
                Thread.ofVirtual().start(() -> carry(connection, connection.client(), connection.server()));
                Thread.ofVirtual().start(() -> carry(connection, connection.server(), connection.client()));
            } catch (IOException e) {
                // Closed, or nobody listens behind.
            }
        }
    }

    private void carry(Connection connection, Socket from, Socket to) {
        byte[] buffer = new byte[16_384];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!swallowed.contains(connection)) {
                    out.write(buffer, 0, n);
                }
            }
        } catch (IOException e) {
            // One end is gone.
        } finally {
            if (!swallowed.contains(connection)) {
                close(connection);
            }
        }
    }

    private void close(Connection connection) {
        connections.remove(connection);
        try {
            connection.client().close();
            connection.server().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        swallowed.clear();
        connections.forEach(this::close);
    }
}
