// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Backend;
import org.l34gateway.program.ByteMatch;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/** Programs for the testbed: targets 10.8.0.N and fd08::N with identifier N-1. */
final class Programs {
    static final long SEED = 0x1234_5678_9ABC_DEFL;

    private Programs() {}

    static TargetGroup group(String key, int capacity, Set<Integer> numbers, String... vips) {
        List<Target> targets = new ArrayList<>();
        for (int number : numbers) {
            targets.add(target(number, vips));
        }
        return new TargetGroup(key, "ns/" + key, capacity, targets);
    }

    static Target target(int number, String... vips) {
        return new Target(
                number - 1,
                "ns/pod-" + number,
                List.of(IpAddress.parse("10.8.0." + number), IpAddress.parse("fd08::" + Integer.toHexString(number))),
                prefixes(vips));
    }

    static Set<IpPrefix> prefixes(String... texts) {
        Set<IpPrefix> prefixes = new TreeSet<>();
        for (String text : texts) {
            prefixes.add(IpPrefix.parse(text));
        }
        return prefixes;
    }

    static Flow flow(String name, int priority, Set<Protocol> protocols, String group, String... vips) {
        return new Flow(
                name,
                priority,
                List.copyOf(prefixes(vips)),
                List.of(),
                List.of(),
                List.of(PortRange.of(Testbed.PORT)),
                protocols,
                List.of(new Backend(group, 1)));
    }

    /** The example with targets that drain. */
    static ForwardingProgram draining(int capacity, Set<Integer> numbers, Set<Integer> draining) {
        return withDraining(example(capacity, numbers), target -> draining.contains(target.identifier() + 1));
    }

    /** The same program, in which exactly these targets drain. */
    static ForwardingProgram withDraining(ForwardingProgram program, Predicate<Target> drains) {
        List<TargetGroup> groups = new ArrayList<>();
        for (TargetGroup group : program.groups()) {
            List<Target> targets = group.targets().stream()
                    .map(target -> target.withDraining(drains.test(target)))
                    .toList();
            groups.add(group.withTargets(targets));
        }
        return new ForwardingProgram(program.seed(), groups, program.flows());
    }

    /** A flow to the example's VIPs and port, of packets with these bytes. */
    static Flow matching(String name, int priority, List<ByteMatch> byteMatches, String group) {
        return new Flow(
                name,
                priority,
                List.copyOf(prefixes("20.0.0.1", "fd20::1")),
                List.of(),
                List.of(),
                List.of(PortRange.of(Testbed.PORT)),
                Set.of(byteMatches.getFirst().protocol()),
                byteMatches,
                List.of(new Backend(group, 1)));
    }

    /** The example: one Service, one route, VIPs of both families, port 4000. */
    static ForwardingProgram example(int capacity, Set<Integer> numbers) {
        return new ForwardingProgram(
                SEED,
                List.of(group("uid-a", capacity, numbers, "20.0.0.1", "fd20::1")),
                List.of(flow("ns/route", 1, Set.of(Protocol.TCP, Protocol.UDP), "uid-a", "20.0.0.1", "fd20::1")));
    }

    /** The same for another port. */
    static ForwardingProgram otherPort(ForwardingProgram program) {
        return new ForwardingProgram(
                program.seed(),
                program.groups(),
                program.flows().stream()
                        .map(flow -> new Flow(
                                flow.name(),
                                flow.priority(),
                                flow.destinations(),
                                flow.sources(),
                                flow.sourcePorts(),
                                List.of(PortRange.of(Testbed.PORT + 1)),
                                flow.protocols(),
                                flow.backends()))
                        .toList());
    }
}
