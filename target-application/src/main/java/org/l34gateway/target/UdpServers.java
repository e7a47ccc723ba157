// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * UDP ports with one socket per local address. A socket bound to all addresses would answer from the address that the
 * route back prefers, not from the VIP that was asked, and the client would drop the answer. VIPs come and go while
 * the pod runs, so {@link #follow} is called again and again.
 */
final class UdpServers {
    /** Largest datagram over IPv4: 65,535 less 20 bytes IP and 8 bytes UDP. */
    static final int LARGEST_DATAGRAM_BYTES = 65_507;

    /** Seconds of a thousand small datagrams each: a target that waits for a processor loses none. At most net.core.rmem_max. */
    static final int QUEUE_BYTES = 4 << 20;

    private final Set<Integer> ports;
    private final byte[] prefix;
    private final Map<InetSocketAddress, DatagramChannel> open = new HashMap<>();
    private final Set<InetSocketAddress> refused = new HashSet<>();

    UdpServers(Set<Integer> ports, String hostName) {
        this.ports = Set.copyOf(ports);
        this.prefix = (hostName + " ").getBytes(StandardCharsets.UTF_8);
    }

    /** What to open and what to close; the sets never overlap. */
    record BindPlan(Set<InetSocketAddress> open, Set<InetSocketAddress> close) {
        BindPlan {
            open = Set.copyOf(open);
            close = Set.copyOf(close);
        }

        static BindPlan decide(Set<InetAddress> local, Set<Integer> ports, Set<InetSocketAddress> bound) {
            Set<InetSocketAddress> wanted = local.stream()
                    .flatMap(address -> ports.stream().map(port -> new InetSocketAddress(address, port)))
                    .collect(Collectors.toSet());
            return new BindPlan(minus(wanted, bound), minus(bound, wanted));
        }

        private static Set<InetSocketAddress> minus(Set<InetSocketAddress> from, Set<InetSocketAddress> what) {
            return from.stream().filter(socket -> !what.contains(socket)).collect(Collectors.toSet());
        }
    }

    /** All addresses of all interfaces of this network namespace. */
    static Set<InetAddress> localAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toSet());
        } catch (SocketException unreadable) {
            throw new UncheckedIOException("network interfaces cannot be listed", unreadable);
        }
    }

    /**
     * Opens and closes sockets until they fit {@code local}. An address that cannot be bound yet (IPv6 duplicate
     * address detection takes a second) is reported once and tried again by the next call.
     */
    synchronized void follow(Set<InetAddress> local) throws IOException {
        var plan = BindPlan.decide(local, ports, open.keySet());
        for (var address : plan.close()) {
            DatagramChannel channel = open.remove(address);
            if (channel != null) channel.close();
        }
        for (var address : plan.open()) bind(address);
        refused.retainAll(plan.open());
    }

    private void bind(InetSocketAddress address) throws IOException {
        var channel = DatagramChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, QUEUE_BYTES).bind(address);
        } catch (IOException notYet) {
            channel.close();
            if (refused.add(address)) System.err.println("udp " + address + " waits: " + notYet.getMessage());
            return;
        }
        refused.remove(address);
        open.put(address, channel);
        Thread.ofVirtual().name("udp-" + address).start(() -> answerUntilClosed(channel));
    }

    synchronized void close() throws IOException {
        follow(Set.of());
    }

    private void answerUntilClosed(DatagramChannel channel) {
        var buffer = ByteBuffer.allocate(LARGEST_DATAGRAM_BYTES + 1);
        while (channel.isOpen()) {
            try {
                var client = channel.receive(buffer.clear());
                channel.send(answer(buffer.flip()), client);
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException unanswerable) {
                // One client's datagram (no route back, too large): the others are still served.
                System.err.println("udp answer: " + unanswerable.getMessage());
            }
        }
    }

    /** {@code HOSTNAME } and the payload, cut where a datagram ends. */
    private ByteBuffer answer(ByteBuffer request) {
        byte[] bytes = new byte[request.remaining()];
        request.get(bytes);
        byte[] payload = switch (Request.of(bytes, bytes.length)) {
            case Request.Send(int size) -> Request.filler(size);
            case Request.Echo _ -> bytes;
        };
        int room = Math.min(payload.length, LARGEST_DATAGRAM_BYTES - prefix.length);
        return ByteBuffer.allocate(prefix.length + room)
                .put(prefix)
                .put(payload, 0, room)
                .flip();
    }
}
