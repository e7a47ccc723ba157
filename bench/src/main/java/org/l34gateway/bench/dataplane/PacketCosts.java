// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/** Sends the same number of packets through several rigs in turn, on one CPU, and says what each took. */
final class PacketCosts implements AutoCloseable {
    private final Map<String, Lane> lanes = new LinkedHashMap<>();

    private record Lane(Rig rig, RawSender sender, IntConsumer settle, List<Double> nanosPerPacket, AtomicLong sent) {}

    /** Adds a rig, which is closed with this, and what is sent through it. */
    void add(String name, Rig rig, RawSender sender) {
        add(name, rig, sender, _ -> {});
    }

    /**
     * The same for a rig in which packets wait for somebody.
     *
     * @param settle returns when so many more packets have gone through
     */
    void add(String name, Rig rig, RawSender sender, IntConsumer settle) {
        lanes.put(name, new Lane(rig, sender, settle, new ArrayList<>(), new AtomicLong()));
    }

    /**
     * Measures. Each round begins with another rig.
     *
     * @param packets of each rig in each round, about
     */
    void run(int rounds, int packets) {
        FutureTask<Void> work = new FutureTask<>(() -> {
            Cpu.take();
            List<Lane> order = new ArrayList<>(lanes.values());
            order.forEach(lane -> measure(lane, packets));
            for (int round = 0; round < rounds; round++) {
                Collections.rotate(order, 1);
                order.forEach(lane -> lane.nanosPerPacket().add(measure(lane, packets)));
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

    private static double measure(Lane lane, int packets) {
        int times = Math.max(1, packets / lane.sender().frames());
        lane.sent().addAndGet((long) times * lane.sender().frames());
        long begin = System.nanoTime();
        lane.sender().send(times, lane.settle());
        return (System.nanoTime() - begin) / ((double) times * lane.sender().frames());
    }

    /**
     * A figure of packets that were lost on the way would be too good.
     *
     * @throws IllegalStateException when not all have arrived, unless none should
     */
    void checkArrivals() {
        lanes.forEach((name, lane) -> {
            long arrived = lane.rig().arrived();
            long sent = lane.sent().get();
            if (arrived < sent && !lane.rig().isDropping()) {
                throw new IllegalStateException(name + ": of " + sent + " packets " + arrived + " arrived");
            }
        });
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
        lanes.values().forEach(lane -> {
            lane.sender().close();
            lane.rig().close();
        });
    }
}
