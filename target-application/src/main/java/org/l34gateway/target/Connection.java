// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.l34gateway.target.TrafficPlan.Exchange;

/** One connection of the traffic client, from its own source port, and what came of it. */
sealed interface Connection {
    /** A host name is at most this long; whoever says more is no target-application. */
    int LONGEST_NAME_BYTES = 255;

    /** Everything that was asked for came back. */
    record Answered(String target, long nanos) implements Connection {}

    /** Something did not; the reason is in words that are the same for every connection with this fate. */
    record Failed(String reason) implements Connection {}

    /** Blocks until the connection is over, at the latest when the plan's timeout has passed. */
    static Connection make(TrafficPlan plan, ScheduledExecutorService clock) {
        long start = System.nanoTime();
        try {
            String target = switch (plan.protocol()) {
                case TCP -> overTcp(plan, clock);
                case UDP -> overUdp(plan, clock);
            };
            return new Answered(target, System.nanoTime() - start);
        } catch (ClosedChannelException closedByClock) {
            return new Failed("timeout");
        } catch (IOException failed) {
            return new Failed(reason(failed));
        }
    }

    private static String overTcp(TrafficPlan plan, ScheduledExecutorService clock) throws IOException {
        try (var channel = SocketChannel.open()) {
            // Closing from outside ends connect, read and write alike; a socket timeout would only end one read.
            var end = clock.schedule(() -> close(channel), plan.timeout().toNanos(), TimeUnit.NANOSECONDS);
            try {
                InetAddress source = plan.source() == null ? SourceAddress.towards(plan.to()) : plan.source();
                channel.bind(new InetSocketAddress(source, 0));
                channel.connect(plan.to());
                var in = Channels.newInputStream(channel);
                String name = hostName(in);
                Exchange exchange = plan.exchange();
                if (exchange.payloadBytes() > 0) {
                    byte[] line = Request.filler(exchange.payloadBytes());
                    writeAndExpect(channel, in, line, line);
                }
                if (exchange.answerBytes() > 0) {
                    writeAndExpect(
                            channel, in, Request.send(exchange.answerBytes()), Request.filler(exchange.answerBytes()));
                }
                return name;
            } finally {
                end.cancel(false);
            }
        }
    }

    /** The server echoes a line when it has all of it, so nobody waits for the other while both write. */
    private static void writeAndExpect(SocketChannel channel, InputStream in, byte[] request, byte[] wanted)
            throws IOException {
        var buffer = ByteBuffer.wrap(request);
        while (buffer.hasRemaining()) channel.write(buffer);
        byte[] answer = in.readNBytes(wanted.length);
        if (answer.length < wanted.length) throw new IOException("closed before the answer's end");
        if (!Arrays.equals(answer, wanted)) throw new IOException("wrong answer");
    }

    private static String hostName(InputStream in) throws IOException {
        byte[] name = new byte[LONGEST_NAME_BYTES];
        for (int length = 0; length < name.length; length++) {
            int next = in.read();
            if (next < 0) throw new IOException("closed before the host name");
            if (next == '\n') return new String(name, 0, length, StandardCharsets.UTF_8);
            name[length] = (byte) next;
        }
        throw new IOException("wrong answer");
    }

    private static String overUdp(TrafficPlan plan, ScheduledExecutorService clock) throws IOException {
        try (var channel = DatagramChannel.open()) {
            var end = clock.schedule(() -> close(channel), plan.timeout().toNanos(), TimeUnit.NANOSECONDS);
            try {
                if (plan.source() != null) channel.bind(new InetSocketAddress(plan.source(), 0));
                // Connected: only answers of the very address that was asked arrive, as with any real client.
                channel.connect(plan.to());
                Exchange exchange = plan.exchange();
                // Java sends no empty datagram.
                int payload = Math.max(1, exchange.payloadBytes());
                String name = ask(channel, Request.filler(payload), payload);
                if (exchange.answerBytes() > 0) {
                    String second = ask(channel, Request.send(exchange.answerBytes()), exchange.answerBytes());
                    if (!second.equals(name)) throw new IOException("one flow, two targets");
                }
                return name;
            } finally {
                end.cancel(false);
            }
        }
    }

    /** Sends one datagram and returns who answered; the answer is {@code HOSTNAME } and that much filler. */
    private static String ask(DatagramChannel channel, byte[] request, int fillerBytes) throws IOException {
        channel.write(ByteBuffer.wrap(request));
        var answer = ByteBuffer.allocate(UdpServers.LARGEST_DATAGRAM_BYTES + 1);
        channel.read(answer);
        byte[] bytes = Arrays.copyOf(answer.array(), answer.position());
        int space = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(' ');
        if (space < 1) throw new IOException("wrong answer");
        byte[] payload = Arrays.copyOfRange(bytes, space + 1, bytes.length);
        byte[] wanted = Request.filler(fillerBytes);
        // The host name takes room: the largest answers are cut at the datagram's end.
        boolean cut = bytes.length == UdpServers.LARGEST_DATAGRAM_BYTES && payload.length < wanted.length;
        if (!Arrays.equals(payload, cut ? Arrays.copyOf(wanted, payload.length) : wanted))
            throw new IOException("wrong answer");
        return new String(bytes, 0, space, StandardCharsets.UTF_8);
    }

    private static void close(java.nio.channels.Channel channel) {
        try {
            channel.close();
        } catch (IOException alreadyBroken) {
            // The connection's own thread sees and counts it.
            return;
        }
    }

    /** Java tells errnos apart by class and English text only; what is not known keeps the kernel's words. */
    private static String reason(IOException failed) {
        String message = failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
        return switch (failed) {
            case PortUnreachableException _ -> "refused";
            case NoRouteToHostException _ -> "no route";
            case ConnectException _ when message.contains("refused") -> "refused";
            case ConnectException _ when message.contains("timed out") -> "timeout";
            case ConnectException _ when message.contains("unreachable") -> "no route";
            case IOException _ when message.contains("reset") || message.contains("Broken pipe") -> "reset";
            default -> message;
        };
    }
}
