// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.Figures;
import org.l34gateway.bench.dataplane.Scenario.Match;
import org.l34gateway.ip.IpFamily;

/** What a packet costs, in each of the ways that it can take. */
final class PacketFigures {
    private static final int FLOWS = 10_000;
    private static final int ROUTES = 1_000;
    private static final int TARGETS = 1_000;
    /** About ten for each target, as balancers of fewer targets have them. */
    private static final int LEAST_SLOTS = 9_973;
    /** NAPI_POLL_WEIGHT, what a network adapter hands over at once when it is busy. */
    private static final int QUEUED_AT_ONCE = 64;
    /** With headers less than 1,500, so that nobody has to cut it. */
    private static final int LARGE_PAYLOAD = 1_400;

    private static final String DROP = "drop";
    private static final String PLAIN = "plain";

    private final boolean quick;
    private final Consumer<String> say;
    private final Figures figures;

    /** @param say is told what is being measured */
    PacketFigures(boolean quick, Consumer<String> say, Figures figures) {
        this.quick = quick;
        this.say = say;
        this.figures = figures;
    }

    /** All packets belong to one route, the first of many. */
    void requests(IpFamily family) {
        say.accept("requests, " + family + ", one of " + ROUTES + " routes on as many VIPs, " + TARGETS + " targets");
        String v = suffix(family);
        Traffic traffic = Traffic.of(Scenario.requests(family, FLOWS, 1));
        Scenario exact = Scenario.oneService(family, ROUTES, TARGETS, Match.EXACT_PORT);
        Scenario ranges = Scenario.oneService(family, ROUTES, TARGETS, Match.RANGES);
        try (PacketCosts costs = new PacketCosts()) {
            add(costs, DROP, new Rig().dropping(), traffic);
            add(costs, PLAIN, new Rig().forwarding(), traffic);
            if (family == IpFamily.IPV4) {
                add(costs, "least", new Rig().hashing(exact, LEAST_SLOTS), traffic);
            }
            add(costs, "fast", new Rig().balancing(exact, FastPath.ON), traffic);
            add(costs, "ranges", new Rig().balancing(ranges, FastPath.ON), traffic);
            add(costs, "slow", new Rig().balancing(exact, FastPath.OFF), traffic);
            add(costs, "redirect", new Rig().redirecting(family), traffic);
            add(costs, "ebpf", new Rig().balancing(exact, FastPath.EBPF), traffic);
            measure(costs);
            figures.put("plain_" + v + "_ns", new Figure(costs.costs(PLAIN, DROP)));
            if (family == IpFamily.IPV4) {
                figures.put("least_v4", ratio(costs, "least", PLAIN));
            }
            figures.put("fast_" + v, ratio(costs, "fast", PLAIN));
            figures.put("fast_" + v + "_ranges", ratio(costs, "ranges", PLAIN));
            figures.put("slow_" + v, ratio(costs, "slow", PLAIN));
            figures.put("ebpf_least_" + v, ratio(costs, "redirect", PLAIN));
            figures.put("ebpf_" + v, ratio(costs, "ebpf", PLAIN));
        }
    }

    /** Packets go to all VIPs in turn, so that each meets what the last thousand have pushed out of the caches. */
    void spread() {
        say.accept("requests to all " + ROUTES + " VIPs in turn");
        besidePlain(Traffic.of(Scenario.requests(IpFamily.IPV4, FLOWS, ROUTES)), "fast_v4_spread", "ebpf_v4_spread");
    }

    /** Datagrams that just fit. */
    void large() {
        say.accept("datagrams of " + LARGE_PAYLOAD + " bytes");
        Traffic traffic = Traffic.of(Scenario.requests(IpFamily.IPV4, FLOWS, 1)).withPayload(LARGE_PAYLOAD);
        besidePlain(traffic, "large_v4", "large_v4_ebpf");
    }

    /** The fast path and the eBPF stage with the same packets of IPv4; what each one's figure is called. */
    private void besidePlain(Traffic traffic, String fast, String ebpf) {
        Scenario scenario = Scenario.oneService(IpFamily.IPV4, ROUTES, TARGETS, Match.EXACT_PORT);
        try (PacketCosts costs = new PacketCosts()) {
            add(costs, DROP, new Rig().dropping(), traffic);
            add(costs, PLAIN, new Rig().forwarding(), traffic);
            add(costs, "fast", new Rig().balancing(scenario, FastPath.ON), traffic);
            add(costs, "ebpf", new Rig().balancing(scenario, FastPath.EBPF), traffic);
            measure(costs);
            figures.put(fast, ratio(costs, "fast", PLAIN));
            figures.put(ebpf, ratio(costs, "ebpf", PLAIN));
        }
    }

    /** A balancer in user space beside ours. */
    void userSpace() {
        Optional<String> missing = NfqueueBalancer.missing();
        if (missing.isPresent()) {
            say.accept("not measured: nfqueue_v4: " + missing.get());
            return;
        }
        userSpace("nfqueue_v4", 1);
        userSpace("nfqueue_v4_batches", QUEUED_AT_ONCE);
    }

    /** A queue is cheaper when many packets are in it, so how many come at once is part of the question. */
    private void userSpace(String name, int atOnce) {
        say.accept(
                "a balancer in user space, " + ROUTES + " VIPs, " + TARGETS + " targets, packets at once: " + atOnce);
        Traffic traffic = Traffic.of(Scenario.requests(IpFamily.IPV4, FLOWS, 1)).sentAtOnce(atOnce);
        Scenario scenario = Scenario.oneService(IpFamily.IPV4, ROUTES, TARGETS, Match.EXACT_PORT);
        try (PacketCosts costs = new PacketCosts()) {
            add(costs, DROP, new Rig().dropping(), traffic);
            add(costs, "ours", new Rig().balancing(scenario, FastPath.ON), traffic);
            Rig queueing = new Rig().queueing(scenario, LEAST_SLOTS);
            costs.add("queue", queueing, queueing.requests(traffic), queueing::await);
            measure(costs);
            figures.put(name, ratio(costs, "queue", "ours"));
        }
    }

    /** From all VIPs in turn. */
    void answers(IpFamily family) {
        say.accept("answers, " + family + ", " + ROUTES + " VIPs");
        Traffic traffic = Traffic.of(Scenario.answers(family, FLOWS, ROUTES));
        Scenario scenario = Scenario.oneService(family, ROUTES, TARGETS, Match.EXACT_PORT);
        try (PacketCosts costs = new PacketCosts()) {
            addAnswers(costs, DROP, new Rig().dropping(), traffic);
            addAnswers(costs, PLAIN, new Rig().forwarding(), traffic);
            addAnswers(costs, "ours", new Rig().balancing(scenario, FastPath.ON), traffic);
            addAnswers(costs, "ebpf", new Rig().balancing(scenario, FastPath.EBPF), traffic);
            measure(costs);
            figures.put("reply_" + suffix(family), ratio(costs, "ours", PLAIN));
            figures.put("ebpf_reply_" + suffix(family), ratio(costs, "ebpf", PLAIN));
        }
    }

    /** The same packets of one route, with and without many others. */
    void routes() {
        say.accept("one route against " + ROUTES);
        Traffic traffic = Traffic.of(Scenario.requests(IpFamily.IPV4, FLOWS, 1));
        Traffic back = Traffic.of(Scenario.answers(IpFamily.IPV4, FLOWS, 1));
        Scenario one = Scenario.oneService(IpFamily.IPV4, 1, TARGETS, Match.EXACT_PORT);
        Scenario many = Scenario.oneService(IpFamily.IPV4, ROUTES, TARGETS, Match.EXACT_PORT);
        try (PacketCosts there = new PacketCosts();
                PacketCosts andBack = new PacketCosts()) {
            add(there, DROP, new Rig().dropping(), traffic);
            add(there, "one", new Rig().balancing(one, FastPath.ON), traffic);
            add(there, "many", new Rig().balancing(many, FastPath.ON), traffic);
            measure(there);
            addAnswers(andBack, DROP, new Rig().dropping(), back);
            addAnswers(andBack, "one", new Rig().balancing(one, FastPath.ON), back);
            addAnswers(andBack, "many", new Rig().balancing(many, FastPath.ON), back);
            measure(andBack);
            Figure forth = ratio(there, "many", "one");
            Figure reply = ratio(andBack, "many", "one");
            figures.put("routes_1000", forth.median() >= reply.median() ? forth : reply);
            figures.put("routes_1000_there", forth);
            figures.put("routes_1000_back", reply);
        }
    }

    private static String suffix(IpFamily family) {
        return family == IpFamily.IPV4 ? "v4" : "v6";
    }

    private static void add(PacketCosts costs, String name, Rig rig, Traffic traffic) {
        costs.add(name, rig, rig.requests(traffic));
    }

    private static void addAnswers(PacketCosts costs, String name, Rig rig, Traffic traffic) {
        costs.add(name, rig, rig.answers(traffic));
    }

    private void measure(PacketCosts costs) {
        if (quick) {
            costs.run(3, 3);
        } else {
            costs.run(15, 15);
        }
        costs.checkArrivals();
    }

    private static Figure ratio(PacketCosts costs, String name, String base) {
        List<Double> of = costs.costs(name, DROP);
        List<Double> to = costs.costs(base, DROP);
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < of.size(); round++) {
            ratios.add(of.get(round) / to.get(round));
        }
        return new Figure(ratios);
    }
}
