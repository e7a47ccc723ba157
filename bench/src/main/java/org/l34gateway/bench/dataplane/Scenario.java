// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Backend;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/** A program, and the packets that go with it: VIPs 20.0.x.y and fd20::N, clients 30.0.x.y and fd30::N, port 4000. */
record Scenario(ForwardingProgram program) {
    static final int PORT = 4_000;
    /** All VIPs of IPv4. */
    static final String VIPS = "20.0.0.0/8";

    private static final long SEED = 7;
    private static final int FIRST_CLIENT_PORT = 1_024;
    private static final int CLIENTS = 250;

    /** How a route selects packets. */
    enum Match {
        /** One port. */
        EXACT_PORT,
        /** Ranges of ports, and prefixes of clients. */
        RANGES
    }

    /**
     * Routes with a VIP each, all to one service.
     *
     * @param first how the first one selects packets, the others by one port
     */
    static Scenario oneService(IpFamily family, int routes, int targets, Match first) {
        Set<IpPrefix> vips = new TreeSet<>();
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            IpPrefix vip = IpPrefix.host(vip(family, i));
            vips.add(vip);
            flows.add(flow("bench/route-" + i, vip, i == 0 ? first : Match.EXACT_PORT, "service"));
        }
        List<Target> list = IntStream.range(0, targets)
                .mapToObj(number -> target(number, number, vips))
                .toList();
        TargetGroup group = new TargetGroup("service", "bench/service", Math.max(1, targets), list);
        return new Scenario(new ForwardingProgram(SEED, List.of(group), flows));
    }

    /** Routes with a VIP and a service each. */
    static Scenario manyServices(IpFamily family, int services, int targets, int capacity) {
        List<TargetGroup> groups = new ArrayList<>();
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < services; i++) {
            IpPrefix vip = IpPrefix.host(vip(family, i));
            int first = i * targets;
            List<Target> list = IntStream.range(0, targets)
                    .mapToObj(number -> target(number, first + number, Set.of(vip)))
                    .toList();
            groups.add(new TargetGroup("service-" + i, "bench/service-" + i, capacity, list));
            flows.add(flow("bench/route-" + i, vip, Match.EXACT_PORT, "service-" + i));
        }
        return new Scenario(new ForwardingProgram(SEED, groups, flows));
    }

    private static Flow flow(String name, IpPrefix vip, Match match, String group) {
        boolean ranges = match == Match.RANGES;
        List<IpPrefix> clients = ranges
                ? List.of(
                        IpPrefix.parse("10.0.0.0/8"),
                        IpPrefix.parse("30.0.0.0/9"),
                        IpPrefix.parse("40.0.0.0/8"),
                        IpPrefix.parse("fd30::/32"),
                        IpPrefix.parse("fd40::/16"))
                : List.of();
        List<PortRange> ports = ranges
                ? List.of(new PortRange(1_000, 1_999), new PortRange(3_900, 4_100), new PortRange(8_000, 8_999))
                : List.of(PortRange.of(PORT));
        return new Flow(
                name,
                1,
                List.of(vip),
                clients,
                List.of(),
                ports,
                Set.of(Protocol.TCP, Protocol.UDP),
                List.of(new Backend(group, 1)));
    }

    private static Target target(int identifier, int number, Set<IpPrefix> vips) {
        return new Target(
                identifier,
                "bench/pod-" + number,
                List.of(
                        IpAddress.parse("10.8." + ((number + 1) >> 8) + "." + ((number + 1) & 0xFF)),
                        IpAddress.parse("fd08::" + Integer.toHexString(number + 1))),
                vips);
    }

    private static IpAddress vip(IpFamily family, int number) {
        return family == IpFamily.IPV4
                ? IpAddress.parse("20.0." + (number >> 8) + "." + (number & 0xFF))
                : IpAddress.parse("fd20::" + Integer.toHexString(number + 1));
    }

    /** Addresses of all targets. */
    List<String> addresses() {
        return program.groups().stream()
                .flatMap(group -> group.targets().stream())
                .flatMap(target -> target.addresses().stream())
                .distinct()
                .map(IpAddress::toString)
                .toList();
    }

    /**
     * Flows from clients to the first VIPs in turn.
     *
     * @param vips how many of them
     */
    static List<Frames.Flow> requests(IpFamily family, int flows, int vips) {
        return IntStream.range(0, flows)
                .mapToObj(i -> new Frames.Flow(client(family, i), FIRST_CLIENT_PORT + i, vip(family, i % vips), PORT))
                .toList();
    }

    /** The answers to {@link #requests}. */
    static List<Frames.Flow> answers(IpFamily family, int flows, int vips) {
        return requests(family, flows, vips).stream().map(Frames.Flow::reversed).toList();
    }

    private static IpAddress client(IpFamily family, int number) {
        return family == IpFamily.IPV4
                ? IpAddress.parse("30.0.0." + (1 + number % CLIENTS))
                : IpAddress.parse("fd30::" + Integer.toHexString(1 + number % CLIENTS));
    }
}
