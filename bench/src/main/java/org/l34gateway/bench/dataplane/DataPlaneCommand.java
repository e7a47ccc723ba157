// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.Figures;
import org.l34gateway.bench.Output;
import org.l34gateway.bench.dataplane.Scenario.Match;
import org.l34gateway.bench.edits.EditLoss;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.KernelRefused;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./l34 bench data-plane}. */
@Command(
        name = "data-plane",
        mixinStandardHelpOptions = true,
        description = {
            "What a packet costs in a gateway pod, as a part of what it costs in plain forwarding by the same kernel,",
            "and what changes cost. Figures are medians of rounds in which everything is measured in turn."
        })
public final class DataPlaneCommand implements Callable<Integer> {
    private static final int FLOWS = 10_000;
    private static final int ROUTES = 1_000;
    private static final int TARGETS = 1_000;
    /** About ten for each target, as balancers of fewer targets have them. */
    private static final int LEAST_SLOTS = 9_973;
    /** NAPI_POLL_WEIGHT, what a network adapter hands over at once when it is busy. */
    private static final int QUEUED_AT_ONCE = 64;

    @Option(names = "--quick", description = "Fewer packets and rounds: to see that it works, not to quote")
    private boolean quick;

    @Option(
            names = "--output",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})",
            defaultValue = "text")
    private Output output = Output.TEXT;

    @Option(
            names = "--only",
            description = "Only figures whose names begin like this; a wrong one gets the list of all",
            defaultValue = "")
    private String only = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Figures figures = new Figures();

    @Override
    public Integer call() {
        List<String> names =
                lanes().stream().flatMap(lane -> lane.figures().stream()).toList();
        if (names.stream().noneMatch(name -> name.startsWith(only))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no figure begins with \"" + only + "\"; there are " + String.join(", ", names));
        }
        boolean complete = true;
        for (Lane lane : lanes()) {
            complete &= lane.figures().stream().noneMatch(name -> name.startsWith(only)) || succeeds(lane);
        }
        Figures wanted = figures.beginning(only);
        System.out.print(
                switch (output) {
                    case TEXT -> wanted.table();
                    case JSON -> wanted.json() + "\n";
                    case MARKDOWN ->
                        wanted.markdown(Aims.ALL.stream()
                                .filter(aim -> aim.figure().startsWith(only))
                                .toList());
                });
        return complete ? 0 : 1;
    }

    /** What is measured together. */
    record Lane(Runnable measurement, List<String> figures) {
        private static Lane of(Runnable measurement, String... figures) {
            return new Lane(measurement, List.of(figures));
        }
    }

    /** In the order in which they are measured. */
    List<Lane> lanes() {
        return List.of(
                Lane.of(
                        () -> requests(IpFamily.IPV4),
                        "fast_v4",
                        "fast_v4_ranges",
                        "slow_v4",
                        "least_v4",
                        "ebpf_v4",
                        "ebpf_least_v4",
                        "plain_v4_ns"),
                Lane.of(
                        () -> requests(IpFamily.IPV6),
                        "fast_v6",
                        "fast_v6_ranges",
                        "slow_v6",
                        "ebpf_v6",
                        "ebpf_least_v6",
                        "plain_v6_ns"),
                Lane.of(this::userSpace, "nfqueue_v4", "nfqueue_v4_batches"),
                Lane.of(this::answers, "reply_v4"),
                Lane.of(this::routes, "routes_1000", "routes_1000_there", "routes_1000_back"),
                Lane.of(
                        () -> new TcpStreams(quick, this::say).measure(figures),
                        "tcp_throughput",
                        "tcp_throughput_nft",
                        "plain_tcp_gbit"),
                Lane.of(
                        () -> new ChangeCosts(quick, this::say).measure(figures),
                        "change_ms",
                        "change_scale",
                        "cold_start_s",
                        "kernel_mib"),
                Lane.of(() -> edits("edit_loss", FastPath.ON), "edit_loss"),
                Lane.of(() -> edits("edit_loss_slow", FastPath.OFF), "edit_loss_slow"));
    }

    /** What the others have measured is not lost when one fails. */
    private boolean succeeds(Lane lane) {
        try {
            lane.measurement().run();
            return true;
        } catch (KernelRefused | IllegalStateException | UncheckedIOException failed) {
            say("not measured: " + String.join(", ", lane.figures()) + ": " + failed.getMessage());
            return false;
        }
    }

    private void edits(String name, FastPath fastPath) {
        figures.put(name, new EditLoss(quick ? 300 : 2_000, quick ? 1 : 5, fastPath, this::say).measure());
    }

    private int rounds() {
        return quick ? 3 : 31;
    }

    private int packets() {
        return quick ? 50_000 : 60_000;
    }

    private void say(String what) {
        System.err.println("bench: " + what);
    }

    private void requests(IpFamily family) {
        say("requests, " + family + ", " + ROUTES + " routes on as many VIPs, " + TARGETS + " targets");
        String v = family == IpFamily.IPV4 ? "v4" : "v6";
        List<Frames.Flow> flows = Scenario.requests(family, FLOWS, ROUTES);
        Scenario exact = Scenario.oneService(family, ROUTES, TARGETS, Match.EXACT_PORT);
        Scenario ranges = Scenario.oneService(family, ROUTES, TARGETS, Match.RANGES);
        try (PacketCosts costs = new PacketCosts()) {
            add(costs, "drop", new Rig().dropping(), flows);
            add(costs, "plain", new Rig().forwarding(), flows);
            if (family == IpFamily.IPV4) {
                add(costs, "least", new Rig().hashing(exact, LEAST_SLOTS), flows);
            }
            add(costs, "fast", new Rig().balancing(exact, FastPath.ON), flows);
            add(costs, "ranges", new Rig().balancing(ranges, FastPath.ON), flows);
            add(costs, "slow", new Rig().balancing(exact, FastPath.OFF), flows);
            add(costs, "redirect", new Rig().redirecting(family), flows);
            add(costs, "ebpf", new Rig().balancing(exact, FastPath.EBPF), flows);
            measure(costs);
            figures.put("plain_" + v + "_ns", new Figure(costs.costs("plain", "drop")));
            if (family == IpFamily.IPV4) {
                figures.put("least_v4", ratio(costs, "least", "plain", "drop"));
            }
            figures.put("fast_" + v, ratio(costs, "fast", "plain", "drop"));
            figures.put("fast_" + v + "_ranges", ratio(costs, "ranges", "plain", "drop"));
            figures.put("slow_" + v, ratio(costs, "slow", "plain", "drop"));
            figures.put("ebpf_least_" + v, ratio(costs, "redirect", "plain", "drop"));
            figures.put("ebpf_" + v, ratio(costs, "ebpf", "plain", "drop"));
        }
    }

    private void userSpace() {
        Optional<String> missing = NfqueueBalancer.missing();
        if (missing.isPresent()) {
            say("not measured: nfqueue_v4: " + missing.get());
            return;
        }
        userSpace("nfqueue_v4", 1);
        userSpace("nfqueue_v4_batches", QUEUED_AT_ONCE);
    }

    /** A queue is cheaper when many packets are in it, so how many come at once is part of the question. */
    private void userSpace(String name, int atOnce) {
        say("a balancer in user space, " + ROUTES + " VIPs, " + TARGETS + " targets, packets at once: " + atOnce);
        List<Frames.Flow> flows = Scenario.requests(IpFamily.IPV4, FLOWS, ROUTES);
        Scenario scenario = Scenario.oneService(IpFamily.IPV4, ROUTES, TARGETS, Match.EXACT_PORT);
        try (PacketCosts costs = new PacketCosts()) {
            Rig dropping = new Rig().dropping();
            costs.add("drop", dropping, dropping.requests(flows, atOnce));
            Rig ours = new Rig().balancing(scenario, FastPath.ON);
            costs.add("ours", ours, ours.requests(flows, atOnce));
            Rig queueing = new Rig().queueing(scenario, LEAST_SLOTS);
            costs.add("queue", queueing, queueing.requests(flows, atOnce), queueing::await);
            measure(costs);
            figures.put(name, ratio(costs, "queue", "ours", "drop"));
        }
    }

    private void answers() {
        say("answers, " + ROUTES + " VIPs");
        List<Frames.Flow> flows = Scenario.answers(IpFamily.IPV4, FLOWS, ROUTES);
        Scenario scenario = Scenario.oneService(IpFamily.IPV4, ROUTES, TARGETS, Match.EXACT_PORT);
        try (PacketCosts costs = new PacketCosts()) {
            Rig dropping = new Rig().dropping();
            costs.add("drop", dropping, dropping.answers(flows));
            Rig plain = new Rig().forwarding();
            costs.add("plain", plain, plain.answers(flows));
            Rig ours = new Rig().balancing(scenario, FastPath.ON);
            costs.add("ours", ours, ours.answers(flows));
            measure(costs);
            figures.put("reply_v4", ratio(costs, "ours", "plain", "drop"));
        }
    }

    private void routes() {
        say("one route against " + ROUTES);
        List<Frames.Flow> flows = Scenario.requests(IpFamily.IPV4, FLOWS, 1);
        List<Frames.Flow> back = Scenario.answers(IpFamily.IPV4, FLOWS, 1);
        Scenario one = Scenario.oneService(IpFamily.IPV4, 1, TARGETS, Match.EXACT_PORT);
        Scenario many = Scenario.oneService(IpFamily.IPV4, ROUTES, TARGETS, Match.EXACT_PORT);
        try (PacketCosts there = new PacketCosts();
                PacketCosts andBack = new PacketCosts()) {
            add(there, "drop", new Rig().dropping(), flows);
            add(there, "one", new Rig().balancing(one, FastPath.ON), flows);
            add(there, "many", new Rig().balancing(many, FastPath.ON), flows);
            measure(there);
            Rig dropping = new Rig().dropping();
            andBack.add("drop", dropping, dropping.answers(back));
            Rig first = new Rig().balancing(one, FastPath.ON);
            andBack.add("one", first, first.answers(back));
            Rig second = new Rig().balancing(many, FastPath.ON);
            andBack.add("many", second, second.answers(back));
            measure(andBack);
            Figure forth = ratio(there, "many", "one", "drop");
            Figure reply = ratio(andBack, "many", "one", "drop");
            figures.put("routes_1000", forth.median() >= reply.median() ? forth : reply);
            figures.put("routes_1000_there", forth);
            figures.put("routes_1000_back", reply);
        }
    }

    private static void add(PacketCosts costs, String name, Rig rig, List<Frames.Flow> flows) {
        costs.add(name, rig, rig.requests(flows));
    }

    private void measure(PacketCosts costs) {
        costs.run(rounds(), packets());
        costs.checkArrivals();
    }

    private static Figure ratio(PacketCosts costs, String name, String base, String dropping) {
        List<Double> of = costs.costs(name, dropping);
        List<Double> to = costs.costs(base, dropping);
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < of.size(); round++) {
            ratios.add(of.get(round) / to.get(round));
        }
        return new Figure(ratios);
    }
}
