// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** Opens one watch as a WebSocket (RFC 6455), says what it was told to say, and then closes when it is asked to, or resets. */
record ScriptedWatchServer(ServerSocket server, List<String> messages, boolean resets) implements AutoCloseable {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final byte FINAL_TEXT = (byte) 0x81;
    private static final byte CLOSE = (byte) 0x88;
    private static final byte LENGTH_OF_16_BITS = 126;

    static ScriptedWatchServer start(boolean resets, String... messages) throws IOException {
        ScriptedWatchServer server = new ScriptedWatchServer(
                new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), List.of(messages), resets);
        Thread.ofVirtual().name("scripted-watch").start(server::serve);
        return server;
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void serve() {
        try (Socket socket = server.accept()) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String key = "";
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                if (line.regionMatches(true, 0, "Sec-WebSocket-Key: ", 0, 19)) {
                    key = line.substring(19);
                }
            }
            OutputStream out = socket.getOutputStream();
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (String message : messages) {
                byte[] text = message.getBytes(StandardCharsets.UTF_8);
                out.write(ByteBuffer.allocate(4 + text.length)
                        .put(FINAL_TEXT)
                        .put(LENGTH_OF_16_BITS)
                        .putShort((short) text.length)
                        .put(text)
                        .array());
            }
            if (resets) {
                socket.setSoLinger(true, 0);
                return;
            }
            if (in.read() >= 0) {
                // The first thing that a watcher says is that it closes.
                out.write(new byte[] {CLOSE, 0});
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
