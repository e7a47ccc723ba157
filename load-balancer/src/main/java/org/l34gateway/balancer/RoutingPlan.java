// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;

/**
 * From the present rules and target tables to the wanted ones. What is added is added before nftables sends packets there, what is
 * removed is removed after nftables stopped doing so.
 *
 * @param forget neighbours of new targets: their address may have been another pod's, with another MAC address
 * @param meet addresses of new targets, asked for before packets go there; those of fixed neighbours are not
 */
record RoutingPlan(
        List<Neighbour> forget,
        List<IpAddress> meet,
        List<Route> setRoutes,
        List<Rule> addRules,
        List<Rule> removeRules,
        List<Route> removeRoutes) {
    RoutingPlan {
        forget = List.copyOf(forget);
        meet = List.copyOf(meet);
        setRoutes = List.copyOf(setRoutes);
        addRules = List.copyOf(addRules);
        removeRules = List.copyOf(removeRules);
        removeRoutes = List.copyOf(removeRoutes);
    }

    /** What the kernel holds: our rules, our target routes, every neighbour. */
    record Present(List<Rule> rules, List<Route> routes, List<Neighbour> neighbours) {
        static Present read(Rtnetlink netlink, Set<IpFamily> families) {
            List<Rule> rules = new ArrayList<>();
            List<Route> routes = new ArrayList<>();
            for (IpFamily family : families) {
                netlink.rules(family).stream().filter(TargetTree::isOurs).forEach(rules::add);
                netlink.routes(family).stream()
                        .filter(RoutingPlan::isTargetRoute)
                        .forEach(routes::add);
            }
            return new Present(List.copyOf(rules), List.copyOf(routes), List.copyOf(netlink.neighbours()));
        }

        /** Mark → the target address that its table leads to. */
        Map<Integer, IpAddress> marks() {
            Map<Integer, IpAddress> marks = new HashMap<>();
            for (Route route : routes) {
                route.nextHops().stream()
                        .map(NextHop::gateway)
                        .filter(Objects::nonNull)
                        .forEach(address -> marks.put(route.table() - TargetTree.FIRST_TABLE, address));
            }
            return marks;
        }
    }

    /**
     * The change from marks to others. Rules of a mark that goes stay for a time, for the next address that gets it: the kernel
     * looks for the place of a rule by walking over all of them, which takes longer than everything else beside thousands of
     * targets. They lead to a table without a route, as if they were not there ({@link TargetTree}).
     *
     * @param ruled marks of each family whose rules are all there
     * @param internalIndex interface index towards the targets, the same before and after
     */
    static RoutingPlan change(
            Marks.Change change,
            Map<IpFamily, NavigableSet<Integer>> ruled,
            int internalIndex,
            BiFunction<Integer, IpAddress, @Nullable Neighbour> neighbour) {
        List<Neighbour> forget = new ArrayList<>();
        List<IpAddress> meet = new ArrayList<>();
        List<Route> setRoutes = new ArrayList<>();
        List<Route> removeRoutes = new ArrayList<>();
        if (internalIndex != 0) {
            change.come().forEach((address, mark) -> {
                setRoutes.add(route(address, mark, internalIndex));
                @Nullable Neighbour present = neighbour.apply(internalIndex, address);
                if (present == null) {
                    meet.add(address);
                } else if (present.state() != Neighbour.STATE_PERMANENT) {
                    meet.add(address);
                    forget.add(present);
                }
            });
            change.go().forEach((address, mark) -> removeRoutes.add(route(address, mark, internalIndex)));
        }
        NavigableSet<Rule> addRules = paths(change.come());
        addRules.removeIf(rule -> TargetTree.isNeeded(rule, marks(ruled, rule.family())));
        return new RoutingPlan(forget, meet, setRoutes, TargetTree.leavesFirst(addRules), List.of(), removeRoutes);
    }

    private static NavigableSet<Rule> paths(Map<IpAddress, Integer> marks) {
        NavigableSet<Rule> rules = new TreeSet<>(TargetTree.ORDER);
        marks.forEach((address, mark) -> rules.addAll(TargetTree.path(address.family(), mark)));
        return rules;
    }

    private static NavigableSet<Integer> marks(Map<IpFamily, NavigableSet<Integer>> byFamily, IpFamily family) {
        return byFamily.getOrDefault(family, Collections.emptyNavigableSet());
    }

    /**
     * Whatever is there.
     *
     * @param marks of target addresses
     * @param internalIndex interface index towards the targets; 0 when it is not there, which leaves their tables empty
     */
    static RoutingPlan decide(
            Map<IpAddress, Integer> marks, Set<IpFamily> families, int internalIndex, Present present) {
        List<Route> routes = internalIndex == 0
                ? List.of()
                : marks.entrySet().stream()
                        .map(each -> route(each.getKey(), each.getValue(), internalIndex))
                        .toList();
        SortedSet<Rule> rules = new TreeSet<>(TargetTree.ORDER);
        for (IpFamily family : families) {
            rules.addAll(TargetTree.rules(
                    family,
                    marks.entrySet().stream()
                            .filter(each -> each.getKey().family() == family)
                            .map(Map.Entry::getValue)
                            .toList()));
        }
        Set<Route> heldRoutes = Set.copyOf(present.routes());
        List<Route> setRoutes =
                routes.stream().filter(route -> !heldRoutes.contains(route)).toList();
        Set<String> keys = routes.stream().map(RoutingPlan::key).collect(Collectors.toSet());
        Set<Rule> wanted = Set.copyOf(rules);
        Set<Rule> held = Set.copyOf(present.rules());
        SortedSet<IpAddress> meet = new TreeSet<>(targets(setRoutes));
        present.neighbours().stream()
                .filter(neighbour ->
                        neighbour.ifindex() == internalIndex && neighbour.state() == Neighbour.STATE_PERMANENT)
                .forEach(neighbour -> meet.remove(neighbour.address()));
        return new RoutingPlan(
                neighbours(setRoutes, present.neighbours(), internalIndex),
                List.copyOf(meet),
                setRoutes,
                TargetTree.leavesFirst(
                        rules.stream().filter(rule -> !held.contains(rule)).toList()),
                present.rules().stream()
                        .filter(rule -> !wanted.contains(rule))
                        .sorted(TargetTree.ORDER)
                        .toList(),
                present.routes().stream()
                        .filter(route -> !keys.contains(key(route)))
                        .toList());
    }

    /** Whether a route is one of a target's. */
    static boolean isTargetRoute(Route route) {
        return route.protocol() == RouteProtocol.L34
                && route.table() > TargetTree.FIRST_TABLE
                && route.table() <= TargetTree.FIRST_TABLE + Marks.TARGET_MASK;
    }

    private static Route route(IpAddress target, int mark, int internalIndex) {
        IpPrefix everywhere = new IpPrefix(target, 0);
        // On the link even if the pod's own address is not there yet or has another prefix length.
        NextHop hop = new NextHop(target, internalIndex, 1, true);
        // The kernel looks for an equal next hop among all IPv4 routes with as large a metric.
        return Route.unicast(everywhere, TargetTree.FIRST_TABLE + mark, List.of(hop))
                .withMetric(mark);
    }

    /** What the kernel tells routes apart by. */
    private static String key(Route route) {
        return route.destination() + " " + route.table() + " " + route.metric();
    }

    private static List<Neighbour> neighbours(Collection<Route> newRoutes, List<Neighbour> present, int internalIndex) {
        Set<IpAddress> addresses = targets(newRoutes);
        return present.stream()
                .filter(neighbour -> neighbour.ifindex() == internalIndex
                        && neighbour.state() != Neighbour.STATE_PERMANENT
                        && addresses.contains(neighbour.address()))
                .toList();
    }

    private static Set<IpAddress> targets(Collection<Route> routes) {
        return routes.stream()
                .flatMap(
                        route -> route.nextHops().stream().map(NextHop::gateway).filter(Objects::nonNull))
                .collect(Collectors.toSet());
    }

    boolean isEmpty() {
        return setRoutes.isEmpty() && addRules.isEmpty() && removeRules.isEmpty() && removeRoutes.isEmpty();
    }

    /** Before nftables changes. */
    void prepare(Rtnetlink netlink) {
        forget.forEach(netlink::delete);
        setRoutes.forEach(netlink::replace);
        addRules.forEach(netlink::addUnseen);
    }

    /** After nftables changed. */
    void cleanUp(Rtnetlink netlink) {
        removeRules.forEach(netlink::delete);
        removeRoutes.forEach(netlink::delete);
    }
}
