// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Backend;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/**
 * Programs, each one random edit away from the one before. Equal seeds give equal sequences.
 *
 * <p>Services have a VIP of each family that stays, which all targets hold and three routes share: one port, a range of ports for
 * some clients, and everything else. Whatever the order of these routes, a packet to such a VIP belongs to somebody.
 */
final class Edits {
    /** VIPs 20.0.0.1.. and fd20::1.. have routes at all times. */
    static final int SERVICES = 10;
    /** Targets are at 10.8.0.1.. and fd08::1... */
    static final int ADDRESSES = 48;

    static final int PORT = 4_000;
    private static final int CAPACITY = 16;
    private static final int FIRST_TARGETS = 8;
    private static final int PRIORITIES = 4;
    private static final List<IpPrefix> CLIENTS = List.of(IpPrefix.parse("30.0.0.0/25"), IpPrefix.parse("fd30::/121"));
    private static final List<IpPrefix> FEWER_CLIENTS =
            List.of(IpPrefix.parse("30.0.0.64/26"), IpPrefix.parse("fd30::/122"));

    private final Random dice;
    private ForwardingProgram program;

    Edits(long seed) {
        this.dice = new Random(seed);
        List<TargetGroup> groups = new ArrayList<>();
        List<Flow> flows = new ArrayList<>();
        for (int service = 0; service < SERVICES; service++) {
            List<Target> targets = new ArrayList<>();
            for (int identifier = 0; identifier < FIRST_TARGETS; identifier++) {
                targets.add(target(identifier, freeAddress(targets), Set.of()));
            }
            groups.add(group(service, targets));
            flows.add(flow(
                    "port-" + service, List.of(vip4(service), vip6(service)), PortRange.of(PORT), List.of(), service));
            flows.add(flow(
                    "clients-" + service,
                    List.of(vip4(service), vip6(service)),
                    new PortRange(PORT - 100, PORT + 100),
                    CLIENTS,
                    (service + 1) % SERVICES));
            flows.add(flow(
                    "all-" + service,
                    List.of(vip4(service), vip6(service)),
                    new PortRange(0, 0xFFFF),
                    List.of(),
                    (service + 2) % SERVICES));
        }
        this.program = new ForwardingProgram(dice.nextLong(), groups, flows);
    }

    /** As the edits so far have left it. */
    ForwardingProgram program() {
        return program;
    }

    /** Makes one more edit; returns what it has led to. */
    ForwardingProgram next() {
        ForwardingProgram before = program;
        while (program.equals(before)) {
            program = switch (dice.nextInt(6)) {
                case 0 -> withTargets(this::added);
                case 1 -> withTargets(this::removed);
                case 2 -> withTargets(this::moved);
                case 3 -> withFlow(this::edited);
                case 4 -> withFlow(this::reprioritised);
                default -> withOtherVip();
            };
        }
        return program;
    }

    private ForwardingProgram withTargets(UnaryOperator<List<Target>> change) {
        int at = dice.nextInt(SERVICES);
        return with(at, change.apply(program.groups().get(at).targets()), program.flows());
    }

    private ForwardingProgram with(int service, List<Target> targets, List<Flow> flows) {
        List<TargetGroup> groups = new ArrayList<>(program.groups());
        groups.set(service, group(service, targets));
        return new ForwardingProgram(program.seed(), groups, flows);
    }

    private List<Target> added(List<Target> targets) {
        int identifier = dice.nextInt(CAPACITY);
        if (targets.stream().anyMatch(target -> target.identifier() == identifier)) {
            return targets;
        }
        // With the VIPs of another one: the service may have some beside those that stay.
        List<Target> more = new ArrayList<>(targets);
        more.add(target(identifier, freeAddress(targets), targets.getFirst().vips()));
        return more;
    }

    /** The last one stays. */
    private List<Target> removed(List<Target> targets) {
        List<Target> fewer = new ArrayList<>(targets);
        if (targets.size() > 1) {
            fewer.remove(dice.nextInt(targets.size()));
        }
        return fewer;
    }

    /** Another address under the same identity. */
    private List<Target> moved(List<Target> targets) {
        List<Target> others = new ArrayList<>(targets);
        int at = dice.nextInt(targets.size());
        Target moved = targets.get(at);
        others.set(at, target(moved.identifier(), freeAddress(targets), moved.vips()));
        return others;
    }

    private ForwardingProgram withFlow(UnaryOperator<Flow> change) {
        List<Flow> flows = new ArrayList<>(program.flows());
        int at = dice.nextInt(flows.size());
        flows.set(at, change.apply(flows.get(at)));
        return new ForwardingProgram(program.seed(), program.groups(), flows);
    }

    /** Other backends and weights, and other ports and clients if it is not for all. */
    private Flow edited(Flow flow) {
        int service = dice.nextInt(SERVICES);
        List<Backend> backends = new ArrayList<>(List.of(new Backend(key(service), 1 + dice.nextInt(3))));
        if (dice.nextBoolean()) {
            backends.add(new Backend(key((service + 1) % SERVICES), 1 + dice.nextInt(3)));
        }
        boolean forAll = flow.sources().isEmpty();
        List<IpPrefix> sources = forAll ? List.of() : dice.nextBoolean() ? CLIENTS : FEWER_CLIENTS;
        List<PortRange> ports = forAll
                ? flow.destinationPorts()
                : List.of(new PortRange(PORT - dice.nextInt(200), PORT + dice.nextInt(200)));
        return new Flow(
                flow.name(),
                flow.priority(),
                flow.destinations(),
                sources,
                flow.sourcePorts(),
                ports,
                flow.protocols(),
                backends);
    }

    private Flow reprioritised(Flow flow) {
        return new Flow(
                flow.name(),
                dice.nextInt(PRIORITIES),
                flow.destinations(),
                flow.sources(),
                flow.sourcePorts(),
                flow.destinationPorts(),
                flow.protocols(),
                flow.backends());
    }

    /** A VIP beside those that stay, with a route of its own: comes if it is not there, else goes. */
    private ForwardingProgram withOtherVip() {
        int number = dice.nextInt(SERVICES * 2);
        int service = number % SERVICES;
        IpPrefix vip = IpPrefix.parse("20.1.0." + number);
        List<Flow> flows = new ArrayList<>(program.flows());
        boolean goes = flows.removeIf(flow -> flow.destinations().contains(vip));
        if (!goes) {
            flows.add(flow("other-" + number, List.of(vip), PortRange.of(PORT), List.of(), service));
        }
        List<Target> targets = new ArrayList<>();
        for (Target target : program.groups().get(service).targets()) {
            Set<IpPrefix> vips = new TreeSet<>(target.vips());
            vips.remove(vip);
            if (!goes && dice.nextInt(4) > 0) {
                vips.add(vip);
            }
            targets.add(new Target(target.identifier(), target.name(), target.addresses(), vips));
        }
        return with(service, targets, flows);
    }

    private int freeAddress(List<Target> targets) {
        while (true) {
            int number = 1 + dice.nextInt(ADDRESSES);
            if (targets.stream().noneMatch(target -> target.addresses().contains(address4(number)))) {
                return number;
            }
        }
    }

    private static TargetGroup group(int service, List<Target> targets) {
        return new TargetGroup(key(service), "bench/" + key(service), CAPACITY, targets);
    }

    /** Keys sort like their services. */
    private static String key(int service) {
        return "service-" + (char) ('a' + service);
    }

    private static Target target(int identifier, int number, Set<IpPrefix> others) {
        Set<IpPrefix> vips = new TreeSet<>(others);
        IntStream.range(0, SERVICES).forEach(service -> vips.addAll(List.of(vip4(service), vip6(service))));
        return new Target(identifier, "bench/pod-" + number, List.of(address4(number), address6(number)), vips);
    }

    private static Flow flow(String name, List<IpPrefix> vips, PortRange ports, List<IpPrefix> clients, int service) {
        return new Flow(
                "bench/" + name,
                1,
                vips,
                clients,
                List.of(),
                List.of(ports),
                Set.of(Protocol.TCP, Protocol.UDP),
                List.of(new Backend(key(service), 1)));
    }

    static IpPrefix vip4(int service) {
        return IpPrefix.parse("20.0.0." + (1 + service));
    }

    static IpPrefix vip6(int service) {
        return IpPrefix.parse("fd20::" + (1 + service));
    }

    static IpAddress address4(int number) {
        return IpAddress.parse("10.8.0." + number);
    }

    static IpAddress address6(int number) {
        return IpAddress.parse("fd08::" + Integer.toHexString(number));
    }
}
