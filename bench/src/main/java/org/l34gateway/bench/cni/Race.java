// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.cni.ChildProcess.Ended;

/**
 * Plugins that do their work in turn, so that what the machine does in the meantime meets all of them. Each has pods of its own:
 * what one leaves in the kernel costs no other.
 */
final class Race implements AutoCloseable {
    private final Map<String, Entrant> entrants = new LinkedHashMap<>();
    private final int podsOfEach;

    /** @param podsOfEach how many ADDs a plugin does at once */
    Race(int podsOfEach) {
        this.podsOfEach = podsOfEach;
    }

    /** A name is used once. */
    void add(String name, Plugin plugin) {
        Entrant entrant = new Entrant(plugin);
        entrants.put(name, entrant);
        for (int i = 0; i < podsOfEach; i++) {
            entrant.pods.add(new Pod(name + "-" + i));
        }
    }

    /**
     * Runs all.
     *
     * @param rounds each gives one value of a figure
     * @param turns of each plugin in a round; each begins with another one
     */
    void run(int rounds, int turns) {
        List<Entrant> order = new ArrayList<>(entrants.values());
        for (Entrant entrant : order) {
            // Does not count: the kernel's caches and the classes here are cold.
            entrant.turn();
            entrant.lap();
            entrant.laps.clear();
        }
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < turns; turn++) {
                order.forEach(Entrant::turn);
                order.add(order.removeFirst());
            }
            order.forEach(Entrant::lap);
        }
    }

    /** A value of one plugin, round by round. */
    Figure figure(String name, ToDoubleFunction<Lap> value) {
        return new Figure(laps(name).stream().map(value::applyAsDouble).toList());
    }

    /** A value of one plugin ÷ that of another one in the same round. */
    Figure ratio(String name, String base, ToDoubleFunction<Lap> value) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < laps(name).size(); round++) {
            ratios.add(value.applyAsDouble(laps(name).get(round))
                    / value.applyAsDouble(laps(base).get(round)));
        }
        return new Figure(ratios);
    }

    private List<Lap> laps(String name) {
        return Objects.requireNonNull(entrants.get(name), name).laps;
    }

    @Override
    public void close() {
        entrants.values().forEach(entrant -> entrant.pods.forEach(Pod::close));
    }

    private static final class Entrant {
        private final Plugin plugin;
        private final List<Pod> pods = new ArrayList<>();
        private final List<Lap> laps = new ArrayList<>();
        private final List<Ended> adds = new ArrayList<>();
        private final List<Ended> dels = new ArrayList<>();

        Entrant(Plugin plugin) {
            this.plugin = plugin;
        }

        /** One ADD and one DEL in every pod: the ADDs at once, then the DELs. */
        void turn() {
            pods.forEach(Pod::renewRoutes);
            adds.addAll(Together.inEach(pods, plugin::add));
            dels.addAll(Together.inEach(pods, plugin::del));
        }

        /** What was done since the last lap is one. */
        void lap() {
            laps.add(new Lap(adds, dels));
            adds.clear();
            dels.clear();
        }
    }
}
