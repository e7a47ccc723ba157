// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Backend;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/**
 * A VIP that moves to another Service goes on as before until the first of the new targets holds it. The pods that lose
 * it keep it meanwhile, because this pod reports that it still sends to them (design, decision 3).
 *
 * @param last the program that this pod was given last
 * @param since VIP → since when it goes on as before, in nanoseconds of a monotonic clock
 */
public record Continuity(ForwardingProgram last, Map<IpPrefix, Long> since) {
    /** Shorter than node-agents wait at most before they take an unwanted VIP away. */
    static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final String AS_BEFORE = ", as before for ";

    /** Of a pod that has just started: what its kernel does is not known as a program. */
    public static final Continuity NOTHING = new Continuity(ForwardingProgram.empty(0), Map.of());

    public Continuity {
        since = Map.copyOf(since);
    }

    /**
     * The next state; its {@link #last} is the program to carry out.
     *
     * @param wanted what the cluster wants now
     * @param now in nanoseconds of the same clock
     */
    public Continuity next(ForwardingProgram wanted, long now) {
        SortedSet<IpPrefix> unserved = new TreeSet<>();
        wanted.flows().forEach(flow -> unserved.addAll(flow.destinations()));
        unserved.removeAll(wanted.servedVips());
        // Also an address that gets a route of its own, out of a prefix.
        SortedSet<IpPrefix> served = last.servedVips();
        List<IpPrefix> prefixes = served.stream().filter(each -> !each.isHost()).toList();
        unserved.removeIf(vip -> !served.contains(vip) && prefixes.stream().noneMatch(prefix -> prefix.contains(vip)));
        Map<IpPrefix, Long> kept = new HashMap<>();
        ForwardingProgram program = wanted;
        for (IpPrefix vip : unserved) {
            long from = since.getOrDefault(vip, now);
            ForwardingProgram asBefore = withVipAsBefore(program, vip);
            if (now - from < PATIENCE.toNanos() && asBefore.servedVips().contains(vip)) {
                program = asBefore;
                kept.put(vip, from);
            }
        }
        return new Continuity(program, kept);
    }

    /** The route of a flow, {@code namespace/name}, also while it goes on as before. */
    public static String route(Flow flow) {
        int end = flow.name().indexOf(AS_BEFORE);
        return end < 0 ? flow.name() : flow.name().substring(0, end);
    }

    private ForwardingProgram withVipAsBefore(ForwardingProgram program, IpPrefix vip) {
        Map<String, TargetGroup> present = new HashMap<>();
        program.groups().forEach(group -> present.put(group.key(), group));
        List<Flow> flows = new ArrayList<>();
        for (Flow flow : program.flows()) {
            List<IpPrefix> others = flow.destinations().stream()
                    .filter(each -> !each.equals(vip))
                    .toList();
            if (!others.isEmpty()) {
                flows.add(flow.to(flow.name(), others, flow.backends()));
            }
        }
        Set<String> names = new HashSet<>();
        for (Flow flow : last.flows()) {
            if (flow.destinations().stream().anyMatch(each -> each.contains(vip))) {
                List<Backend> backends = flow.backends().stream()
                        .filter(backend -> present.containsKey(backend.group()))
                        .toList();
                String name = flow.name().endsWith(vip.toString()) ? flow.name() : flow.name() + AS_BEFORE + vip;
                // A flow to a prefix, and what became of it for this VIP before, are the same.
                if (names.add(name)) {
                    flows.add(flow.to(name, List.of(vip), backends));
                }
            }
        }
        List<TargetGroup> groups = program.groups().stream()
                .map(group -> group.withTargets(targets(group, vip)))
                .toList();
        return new ForwardingProgram(program.seed(), groups, flows);
    }

    /** The targets that are there now; those that had the VIP have it again. */
    private List<Target> targets(TargetGroup group, IpPrefix vip) {
        Set<Target> before = last.groups().stream()
                .filter(each -> each.key().equals(group.key()))
                .flatMap(each -> each.targets().stream())
                .filter(target -> target.holds(vip))
                .collect(Collectors.toSet());
        return group.targets().stream()
                .map(target -> before.stream().anyMatch(former -> same(former, target)) ? with(target, vip) : target)
                .toList();
    }

    private static boolean same(Target a, Target b) {
        return a.identifier() == b.identifier() && a.addresses().equals(b.addresses());
    }

    private static Target with(Target target, IpPrefix vip) {
        Set<IpPrefix> vips = new TreeSet<>(target.vips());
        vips.add(vip);
        return target.withVips(vips);
    }
}
