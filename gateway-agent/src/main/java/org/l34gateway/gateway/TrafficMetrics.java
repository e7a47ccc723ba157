// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.l34gateway.balancer.Counters;
import org.l34gateway.balancer.Dropped;
import org.l34gateway.gateway.plan.AgentIdentity;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.nftables.Nftables.Count;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Reconciler;

/**
 * What the kernel has counted, for Prometheus (docs/metrics.md). It is read in a loop of its own and not when somebody
 * scrapes, so that no scrape waits for the kernel, and little is lost when a route is edited between two scrapes. There are
 * series for the routes and targets of the program only: those that went are gone from the next reading on.
 */
final class TrafficMetrics implements Reconciler, MultiCollector {
    private static final Duration EVERY = Duration.ofSeconds(5);
    /** Ten thousand targets take 0.1 s to read: so much longer than a reading is the pause after it at least. */
    private static final int SHARE = 50;

    private final Labels gateway;
    private final Supplier<ForwardingProgram> program;
    private final Function<ForwardingProgram, Counters> kernel;
    private final LongSupplier nanos;
    private volatile MetricSnapshots last = new MetricSnapshots();

    /**
     * Has no series before the first run.
     *
     * @param program the one that the kernel carries out
     * @param kernel tells what it counted for a program; asked on the thread of the loop
     * @param nanos a monotonic clock
     */
    TrafficMetrics(
            AgentIdentity identity,
            Supplier<ForwardingProgram> program,
            Function<ForwardingProgram, Counters> kernel,
            LongSupplier nanos) {
        this.gateway = Labels.of("gateway_namespace", identity.namespace(), "gateway_name", identity.gatewayName());
        this.program = program;
        this.kernel = kernel;
        this.nanos = nanos;
    }

    @Override
    public Outcome reconcile() {
        long begun = nanos.getAsLong();
        ForwardingProgram now = program.get();
        last = snapshots(now, kernel.apply(now));
        Duration pause = Duration.ofNanos((nanos.getAsLong() - begun) * SHARE);
        return Outcome.after(pause.compareTo(EVERY) > 0 ? pause : EVERY);
    }

    @Override
    public MetricSnapshots collect() {
        return last;
    }

    private MetricSnapshots snapshots(ForwardingProgram now, Counters counters) {
        Map<Labels, Count> routes = new TreeMap<>();
        counters.flows().forEach((flow, count) -> routes.put(gateway.merge(named("route", "route_name", flow)), count));
        Map<IpAddress, String> pods = pods(now);
        Map<Labels, Count> targets = new TreeMap<>();
        counters.targets().forEach((address, count) -> {
            Labels pod = named("target", "target_pod", pods.getOrDefault(address, "/"));
            targets.put(gateway.merge(pod).merge(Labels.of("target_address", address.toString())), count);
        });
        Map<Labels, Count> dropped = new TreeMap<>();
        counters.dropped().forEach((why, count) -> dropped.put(gateway.merge(Labels.of("reason", reason(why))), count));
        List<CounterSnapshot> all = new ArrayList<>();
        all.addAll(packetsAndBytes("route", "that a route has taken, also those for which it has no target", routes));
        all.addAll(packetsAndBytes("target", "that were sent to a target, of all routes", targets));
        all.addAll(packetsAndBytes("dropped", "that reached nobody", dropped));
        return MetricSnapshots.of(all.toArray(CounterSnapshot[]::new));
    }

    /** The pod of an address; pods that claim the same one are no case that forwards well, so the first by name stands for them. */
    private static Map<IpAddress, String> pods(ForwardingProgram program) {
        Map<IpAddress, String> pods = new TreeMap<>();
        program.groups()
                .forEach(group -> group.targets()
                        .forEach(target -> target.addresses()
                                .forEach(address ->
                                        pods.merge(address, target.name(), (a, b) -> a.compareTo(b) < 0 ? a : b))));
        return pods;
    }

    /** @param name {@code namespace/name} */
    private static Labels named(String kind, String label, String name) {
        int slash = name.indexOf('/');
        return Labels.of(kind + "_namespace", name.substring(0, slash), label, name.substring(slash + 1));
    }

    private static String reason(Dropped why) {
        return switch (why) {
            case NO_FLOW -> "no_route";
            case NO_TARGET -> "no_target";
            case NOT_FORWARDED -> "not_forwarded";
        };
    }

    private static List<CounterSnapshot> packetsAndBytes(String of, String which, Map<Labels, Count> counts) {
        return List.of(
                counter("l34_gateway_" + of + "_packets", "Packets " + which, counts, Count::packets),
                counter("l34_gateway_" + of + "_bytes", "Bytes of the packets " + which, counts, Count::bytes));
    }

    private static CounterSnapshot counter(
            String name, String help, Map<Labels, Count> counts, Function<Count, Long> value) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        counts.forEach((labels, count) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                .labels(labels)
                .value(value.apply(count))
                .build()));
        return counter.build();
    }
}
