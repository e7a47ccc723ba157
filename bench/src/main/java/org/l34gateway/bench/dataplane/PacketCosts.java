// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.l34gateway.bench.Figure;

/**
 * Sends the same packets through several rigs in turn, on one CPU, and says what each took.
 *
 * <p>A pass sends every frame of a lane once: some milliseconds, in which the machine is one. Each round takes all lanes through many
 * passes, a pass of each in turn, and the median of a lane's passes counts, so that whatever else the machine does meets all of them or
 * none.
 */
final class PacketCosts implements AutoCloseable {
    /** Until what sends is compiled, and caches hold what they will. */
    private static final int WARMING_PASSES = 5;

    private final Map<String, Lane> lanes = new LinkedHashMap<>();

    private record Lane(
            String name, Rig rig, RawSender sender, IntConsumer settle, List<Double> nanosPerPacket, AtomicLong sent) {
        double pass() {
            sent.addAndGet(sender.frames());
            long begin = System.nanoTime();
            sender.send(settle);
            return (System.nanoTime() - begin) / (double) sender.frames();
        }
    }

    /** Adds a rig, which is closed with this, and what is sent through it; several lanes may have the same. */
    void add(String name, Rig rig, RawSender sender) {
        add(name, rig, sender, _ -> {});
    }

    /**
     * The same for a rig in which packets wait for somebody.
     *
     * @param settle returns when so many more packets have gone through
     */
    void add(String name, Rig rig, RawSender sender, IntConsumer settle) {
        lanes.put(name, new Lane(name, rig, sender, settle, new ArrayList<>(), new AtomicLong()));
    }

    /** Measures. Each pass of all begins with another lane. */
    void run(int rounds, int passes) {
        FutureTask<Void> work = new FutureTask<>(() -> {
            Cpu.take();
            List<Lane> order = new ArrayList<>(lanes.values());
            order.forEach(lane -> round(List.of(lane), WARMING_PASSES));
            for (int round = 0; round < rounds; round++) {
                round(order, passes)
                        .forEach((name, figure) -> lane(name).nanosPerPacket().add(figure.median()));
            }
            return null;
        });
        Thread.ofPlatform().name("generator").start(work);
        try {
            work.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Nanoseconds for a packet, of each pass, by the lane's name. */
    private static Map<String, Figure> round(List<Lane> order, int passes) {
        Map<String, List<Double>> nanos = new HashMap<>();
        for (int pass = 0; pass < passes; pass++) {
            Collections.rotate(order, 1);
            order.forEach(lane ->
                    nanos.computeIfAbsent(lane.name(), _ -> new ArrayList<>()).add(lane.pass()));
        }
        Map<String, Figure> figures = new HashMap<>();
        nanos.forEach((name, all) -> figures.put(name, new Figure(all)));
        return figures;
    }

    /**
     * A figure of packets that were lost on the way would be too good.
     *
     * @throws IllegalStateException when not all have arrived, unless none should
     */
    void checkArrivals() {
        for (Rig rig : rigs()) {
            List<Lane> its =
                    lanes.values().stream().filter(lane -> lane.rig() == rig).toList();
            long sent = its.stream().mapToLong(lane -> lane.sent().get()).sum();
            long arrived = rig.arrived();
            if (arrived < sent && !rig.isDropping()) {
                throw new IllegalStateException(
                        its.getFirst().name() + ": of " + sent + " packets " + arrived + " arrived");
            }
        }
    }

    private Set<Rig> rigs() {
        Set<Rig> rigs = Collections.newSetFromMap(new IdentityHashMap<>());
        lanes.values().forEach(lane -> rigs.add(lane.rig()));
        return rigs;
    }

    /** Nanoseconds for a packet, less what it takes when the balancer drops it; of each round. */
    List<Double> costs(String name, String dropping) {
        List<Double> costs = new ArrayList<>();
        List<Double> all = lane(name).nanosPerPacket();
        List<Double> generator = lane(dropping).nanosPerPacket();
        for (int round = 0; round < all.size(); round++) {
            costs.add(all.get(round) - generator.get(round));
        }
        return costs;
    }

    private Lane lane(String name) {
        return Objects.requireNonNull(lanes.get(name), name);
    }

    @Override
    public void close() {
        lanes.values().forEach(lane -> lane.sender().close());
        rigs().forEach(Rig::close);
    }
}
