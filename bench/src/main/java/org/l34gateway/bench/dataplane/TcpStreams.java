// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.Figures;
import org.l34gateway.ip.IpFamily;

/**
 * What one TCP connection carries through the gateway pod, as a part of what it carries through a plain router. Segments come as
 * the kernel has put them together, so that this says whether they stay so.
 */
final class TcpStreams {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final double BITS_PER_NANO_OF_BYTES = 8;

    private final Consumer<String> say;
    private final int rounds;
    private final long nanosOfStream;

    TcpStreams(boolean quick, Consumer<String> say) {
        this.say = say;
        this.rounds = quick ? 3 : 15;
        this.nanosOfStream = quick ? 200_000_000 : 1_000_000_000;
    }

    void measure(Figures figures) {
        say.accept("one TCP connection");
        Scenario scenario = Scenario.oneService(IpFamily.IPV4, 1, 1, Scenario.Match.EXACT_PORT);
        Map<String, List<Double>> gigabits = new LinkedHashMap<>();
        try (TcpRig plain = TcpRig.forwarding();
                TcpRig nftables = TcpRig.balancing(scenario, FastPath.ON);
                TcpRig ebpf = TcpRig.balancing(scenario, FastPath.EBPF)) {
            List<Map.Entry<String, TcpRig>> order = new ArrayList<>(
                    List.of(Map.entry("plain", plain), Map.entry("nftables", nftables), Map.entry("ebpf", ebpf)));
            order.forEach(each -> gigabits.put(each.getKey(), new ArrayList<>()));
            order.forEach(each -> gigabits(each.getValue()));
            for (int round = 0; round < rounds; round++) {
                Collections.rotate(order, 1);
                order.forEach(each ->
                        gigabits.getOrDefault(each.getKey(), new ArrayList<>()).add(gigabits(each.getValue())));
            }
        }
        figures.put("plain_tcp_gbit", new Figure(gigabits.getOrDefault("plain", List.of())));
        figures.put("tcp_throughput", ratio(gigabits, "ebpf"));
        figures.put("tcp_throughput_nft", ratio(gigabits, "nftables"));
    }

    private static Figure ratio(Map<String, List<Double>> gigabits, String name) {
        List<Double> of = gigabits.getOrDefault(name, List.of());
        List<Double> to = gigabits.getOrDefault("plain", List.of());
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < of.size(); round++) {
            ratios.add(of.get(round) / to.get(round));
        }
        return new Figure(ratios);
    }

    /** Sends as much as it can for a while; bits in each nanosecond that have arrived. */
    private double gigabits(TcpRig rig) {
        try (ServerSocketChannel server = rig.listen()) {
            FutureTask<Long> received = new FutureTask<>(() -> receive(server));
            Thread.ofPlatform().name("sink").start(received);
            long begin = System.nanoTime();
            try (SocketChannel client = rig.connect((InetSocketAddress) server.getLocalAddress())) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
                while (System.nanoTime() - begin < nanosOfStream) {
                    buffer.clear();
                    client.write(buffer);
                }
            }
            return received.get() * BITS_PER_NANO_OF_BYTES / (System.nanoTime() - begin);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static long receive(ServerSocketChannel server) throws IOException {
        try (SocketChannel connection = server.accept()) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            long bytes = 0;
            for (int read = 0; read >= 0; read = connection.read(buffer.clear())) {
                bytes += read;
            }
            return bytes;
        }
    }
}
