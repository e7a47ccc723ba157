// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/**
 * A program seen from its VIPs: which flows touch a VIP, in order, and who shares each.
 *
 * @param routes the flows of each VIP
 * @param ways VIP → its flows, the first that matches decides
 * @param changed VIPs that came or went, or whose ways are others than before
 */
record Forwarding(Routes routes, SortedMap<IpPrefix, List<Way>> ways, SortedSet<IpPrefix> changed) {
    /** Of no program. */
    static final Forwarding NONE = new Forwarding(Routes.NONE, new TreeMap<>(), new TreeSet<>());

    Forwarding {
        ways = Collections.unmodifiableSortedMap(ways);
        changed = Collections.unmodifiableSortedSet(changed);
    }

    /** One flow on its way to a VIP. */
    record Way(Flow flow, List<Share> shares) {}

    /** One backend's part of a flow; weight above 0. */
    record Share(SlotPool pool, int weight) {}

    /**
     * What of a program does not depend on targets.
     *
     * @param flows of the program
     * @param lookup how a packet's VIP is found
     * @param byVip VIP → the flows to it and to those in which it is, in order
     * @param services VIP that is a single address → its services
     * @param users key of a group → VIPs of which it has packets
     * @param problems what is not forwarded, for a human
     */
    record Routes(
            List<Flow> flows,
            VipLookup lookup,
            Map<IpPrefix, List<Flow>> byVip,
            Map<IpPrefix, List<Service>> services,
            Map<String, Set<IpPrefix>> users,
            List<String> problems) {
        static final Routes NONE =
                new Routes(List.of(), VipLookup.of(List.of()), Map.of(), Map.of(), Map.of(), List.of());

        /** Those of the next program, in the same families. */
        Routes next(List<Flow> next, Set<IpFamily> families) {
            return next.equals(flows) ? this : of(next, families, this);
        }

        private static Routes of(List<Flow> flows, Set<IpFamily> families, Routes before) {
            Map<IpPrefix, List<Flow>> byVip = new HashMap<>();
            Map<String, Set<IpPrefix>> users = new HashMap<>();
            List<String> problems = new ArrayList<>();
            NavigableSet<IpPrefix> vips = new TreeSet<>();
            flows.forEach(flow -> vips.addAll(flow.destinations()));
            vips.removeIf(vip -> !families.contains(vip.family()));
            for (Flow flow : flows) {
                flow.destinations().stream()
                        .filter(vip -> !families.contains(vip.family()))
                        .forEach(vip -> problems.add(flow.name() + ": this gateway pod does not forward " + vip.family()
                                + ", so not " + vip));
                for (IpPrefix vip : within(flow.destinations(), vips)) {
                    byVip.computeIfAbsent(vip, _ -> new ArrayList<>()).add(flow);
                    flow.backends()
                            .forEach(backend -> users.computeIfAbsent(backend.group(), _ -> new HashSet<>())
                                    .add(vip));
                }
            }
            Map<IpPrefix, List<Service>> services = new HashMap<>();
            byVip.replaceAll((vip, to) -> {
                List<Flow> known = before.flows(vip);
                boolean same = to.equals(known);
                if (vip.isHost()) {
                    services.put(vip, same ? before.services(vip) : Classifier.services(vip.family(), to));
                }
                // What did not change stays the same object, which is seen at once.
                return same ? known : to;
            });
            return new Routes(
                    flows,
                    VipLookup.of(vips),
                    Collections.unmodifiableMap(byVip),
                    Collections.unmodifiableMap(services),
                    Collections.unmodifiableMap(users),
                    List.copyOf(problems));
        }

        /** The flows of a VIP, none if it is unknown. */
        List<Flow> flows(IpPrefix vip) {
            return byVip.getOrDefault(vip, List.of());
        }

        /** The services of a VIP; one that is a prefix has none. */
        List<Service> services(IpPrefix vip) {
            return services.getOrDefault(vip, List.of());
        }

        /** All VIPs that are destinations, or in one of them. */
        private static Set<IpPrefix> within(List<IpPrefix> destinations, NavigableSet<IpPrefix> vips) {
            Set<IpPrefix> within = new HashSet<>();
            for (IpPrefix destination : destinations) {
                if (destination.isHost()) {
                    within.add(destination);
                    continue;
                }
                // What is in a prefix follows it in the order of prefixes.
                for (IpPrefix vip : vips.tailSet(destination, true)) {
                    if (!destination.contains(vip)) {
                        break;
                    }
                    within.add(vip);
                }
            }
            within.retainAll(vips);
            return within;
        }
    }

    /** The addresses of a group that need a mark: those of targets that hold a VIP of the address's family. */
    static Set<IpAddress> addresses(TargetGroup group, Set<IpFamily> families) {
        Set<IpAddress> addresses = new HashSet<>();
        for (Target target : group.targets()) {
            for (IpAddress address : target.addresses()) {
                if (families.contains(address.family()) && holdsAny(target, address.family())) {
                    addresses.add(address);
                }
            }
        }
        return addresses;
    }

    private static boolean holdsAny(Target target, IpFamily family) {
        for (IpPrefix vip : target.vips()) {
            if (vip.family() == family) {
                return true;
            }
        }
        return false;
    }

    /**
     * The next program.
     *
     * @param groups of it
     * @param changedGroups keys of groups that are not as before
     */
    Forwarding next(
            ForwardingProgram program, Groups groups, Set<String> changedGroups, Set<IpFamily> families, Marks marks) {
        Routes next = routes.next(program.flows(), families);
        NavigableSet<IpPrefix> affected = new TreeSet<>();
        changedGroups.forEach(group -> affected.addAll(next.users().getOrDefault(group, Set.of())));
        if (!next.equals(routes)) {
            next.byVip().forEach((vip, flows) -> {
                if (!flows.equals(routes.byVip().get(vip))) {
                    affected.add(vip);
                }
            });
            routes.byVip().keySet().stream()
                    .filter(vip -> !next.byVip().containsKey(vip))
                    .forEach(affected::add);
        }
        SortedMap<IpPrefix, List<Way>> nextWays = new TreeMap<>(ways);
        // VIPs with the same targets share the pool itself.
        Map<SlotPool, SlotPool> pools = new HashMap<>();
        for (IpPrefix vip : affected) {
            List<Flow> flows = next.byVip().get(vip);
            if (flows == null) {
                nextWays.remove(vip);
            } else {
                nextWays.put(
                        vip,
                        flows.stream()
                                .map(flow -> way(
                                        flow,
                                        backend -> Optional.ofNullable(groups.get(backend))
                                                .map(group -> pool(group, vip, marks))
                                                .map(pool -> pools.computeIfAbsent(pool, _ -> pool))))
                                .toList());
            }
        }
        return new Forwarding(next, nextWays, affected);
    }

    private static Way way(Flow flow, Function<String, Optional<SlotPool>> poolOf) {
        List<Share> shares = flow.backends().stream()
                .filter(backend -> backend.weight() > 0)
                .flatMap(backend ->
                        poolOf.apply(backend.group()).stream().map(pool -> new Share(pool, backend.weight())))
                .toList();
        return new Way(flow, shares);
    }

    private static SlotPool pool(TargetGroup group, IpPrefix vip, Marks marks) {
        SortedMap<Integer, Integer> held = new TreeMap<>();
        SortedSet<Integer> draining = new TreeSet<>();
        for (Target target : group.targets()) {
            if (target.holds(vip)) {
                for (IpAddress address : target.addresses()) {
                    Integer mark = address.family() == vip.family() ? marks.of(address) : null;
                    if (mark != null) {
                        held.put(target.identifier(), mark);
                        if (target.draining()) {
                            draining.add(target.identifier());
                        }
                    }
                }
            }
        }
        return new SlotPool(group.key(), vip.family(), group.capacity(), group.dealing(), held, draining);
    }

    /** The pools of some of these ways that have a target, one for each share. */
    static List<SlotPool> pools(List<Way> ways) {
        return ways.stream()
                .flatMap(way -> way.shares().stream())
                .map(Share::pool)
                .filter(pool -> !pool.isEmpty())
                .toList();
    }

    /** Which targets get packets of which VIP. */
    Set<TargetVip> targets() {
        Set<TargetVip> targets = new HashSet<>();
        ways.forEach((vip, each) -> each.forEach(way -> way.shares().forEach(share -> {
            SlotPool pool = share.pool();
            pool.marks().keySet().forEach(identifier -> targets.add(new TargetVip(pool.group(), identifier, vip)));
        })));
        return targets;
    }
}
