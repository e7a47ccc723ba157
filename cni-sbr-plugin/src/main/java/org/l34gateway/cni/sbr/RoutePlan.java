// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.RouteType;
import org.l34gateway.netlink.Rule;

/**
 * What to change, in this order: nothing that is wanted before and after is ever missing in between.
 *
 * @param forget new next hops: what the kernel knows of them as neighbours may be of a pod that had the address before
 * @param put routes to add or to put in the place of the one with the same table, destination and metric
 * @param addRules rules to add
 * @param dropRules rules to remove
 * @param dropRoutes routes to remove
 * @param notOnLink next hops that are left out, because no interface of the pod is on their link
 */
record RoutePlan(
        List<NextHop> forget,
        List<Route> put,
        List<Rule> addRules,
        List<Rule> dropRules,
        List<Route> dropRoutes,
        List<IpAddress> notOnLink) {
    /** Priority of our rules in application pods: before main (32766), after local (0). */
    static final int RULE_PRIORITY = 1000;
    /** Metric of the default route through the gateways. */
    static final int GATEWAYS_METRIC = 100;
    /** Metric of the route that refuses what no gateway takes, so that nothing leaves by the primary network. */
    static final int UNREACHABLE_METRIC = 1_000_000;

    /**
     * Compares.
     *
     * @param wanted what shall be; its table is the one to use
     * @param formerTables tables whose rules and routes are this attachment's too, and are to go
     * @param families the families that are this attachment's to touch
     */
    static RoutePlan decide(RouteWanted wanted, Set<Integer> formerTables, Set<IpFamily> families, PodRouting present) {
        Plan plan = new Plan(wanted, present);
        for (IpFamily family : families) {
            plan.routes(family, ours(present, family, wanted.table(), formerTables));
            plan.rules(family, formerTables);
        }
        return plan.finish();
    }

    boolean isEmpty() {
        return put.isEmpty() && addRules.isEmpty() && dropRules.isEmpty() && dropRoutes.isEmpty();
    }

    /**
     * Routes that somebody else has put into a table that we chose because nobody used it. They would take packets of VIPs
     * elsewhere, so they go.
     *
     * @param families the families that the attachment has
     */
    static List<Route> strangers(int table, Set<IpFamily> families, List<Route> present) {
        List<Route> strangers = new ArrayList<>();
        for (Route route : present) {
            if (table != 0 && route.table() == table && families.contains(route.family()) && !isOurs(route)) {
                strangers.add(route);
            }
        }
        return strangers;
    }

    /** The same, and these routes go too. */
    RoutePlan dropping(List<Route> strangers) {
        List<Route> all = new ArrayList<>(dropRoutes);
        all.addAll(strangers);
        return new RoutePlan(forget, put, addRules, dropRules, List.copyOf(all), notOnLink);
    }

    static boolean isOurs(Rule rule) {
        return rule.protocol() == RouteProtocol.L34
                && rule.priority() == RULE_PRIORITY
                && rule.source() != null
                && rule.mark().mask() == 0
                && !rule.moreSelectors();
    }

    static boolean isOurs(Route route) {
        boolean ourMetric = route.metric() == GATEWAYS_METRIC || route.metric() == UNREACHABLE_METRIC;
        return route.protocol() == RouteProtocol.L34 && route.destination().length() == 0 && ourMetric;
    }

    private static List<Route> ours(PodRouting present, IpFamily family, int table, Set<Integer> formerTables) {
        List<Route> ours = new ArrayList<>();
        for (Route route : present.routes()) {
            boolean inTable = route.table() == table || formerTables.contains(route.table());
            if (inTable && route.family() == family && isOurs(route)) {
                ours.add(route);
            }
        }
        return ours;
    }

    /** A plan while it is made. */
    private static final class Plan {
        private final RouteWanted wanted;
        private final PodRouting present;
        private final List<NextHop> forget = new ArrayList<>();
        private final List<Route> put = new ArrayList<>();
        private final List<Rule> addRules = new ArrayList<>();
        private final List<Rule> dropRules = new ArrayList<>();
        private final List<Route> dropRoutes = new ArrayList<>();
        private final List<IpAddress> notOnLink = new ArrayList<>();

        Plan(RouteWanted wanted, PodRouting present) {
            this.wanted = wanted;
            this.present = present;
        }

        void routes(IpFamily family, List<Route> ours) {
            IpPrefix everything = new IpPrefix(IpAddress.of(new byte[family.bytes()]), 0);
            List<Route> shallBe = new ArrayList<>();
            List<NextHop> hops = nextHops(family);
            if (wanted.families().contains(family)) {
                shallBe.add(Route.unreachable(everything, wanted.table(), UNREACHABLE_METRIC));
            }
            if (!hops.isEmpty()) {
                shallBe.add(Route.unicast(everything, wanted.table(), hops).withMetric(GATEWAYS_METRIC));
            }
            for (Route route : shallBe) {
                Route there = atPlaceOf(route, ours);
                if (there == null || !isSame(route, there)) {
                    put.add(route);
                    forgetNew(route, there);
                }
            }
            for (Route route : ours) {
                if (atPlaceOf(route, shallBe) == null) {
                    dropRoutes.add(route);
                }
            }
        }

        private List<NextHop> nextHops(IpFamily family) {
            List<NextHop> hops = new ArrayList<>();
            for (IpAddress gateway : wanted.nextHops()) {
                if (gateway.family() == family) {
                    int ifindex = present.onLink(gateway);
                    if (ifindex == 0) {
                        notOnLink.add(gateway);
                    } else {
                        hops.add(NextHop.via(gateway, ifindex));
                    }
                }
            }
            return hops;
        }

        private void forgetNew(Route route, @Nullable Route there) {
            for (NextHop hop : route.nextHops()) {
                if (there == null || !there.nextHops().contains(hop)) {
                    forget.add(hop);
                }
            }
        }

        void rules(IpFamily family, Set<Integer> formerTables) {
            List<Rule> shallBe = new ArrayList<>();
            for (IpPrefix source : wanted.sources()) {
                if (source.family() == family) {
                    shallBe.add(Rule.from(source, RULE_PRIORITY, wanted.table()));
                }
            }
            for (Rule rule : shallBe) {
                if (!present.rules().contains(rule)) {
                    addRules.add(rule);
                }
            }
            for (Rule rule : present.rules()) {
                boolean inTable = rule.table() == wanted.table() || formerTables.contains(rule.table());
                if (rule.family() == family && inTable && isOurs(rule) && !shallBe.contains(rule)) {
                    dropRules.add(rule);
                }
            }
        }

        RoutePlan finish() {
            return new RoutePlan(
                    List.copyOf(forget),
                    List.copyOf(put),
                    List.copyOf(addRules),
                    List.copyOf(dropRules),
                    List.copyOf(dropRoutes),
                    List.copyOf(notOnLink));
        }

        /** The kernel tells routes apart by table, destination and metric. */
        private static @Nullable Route atPlaceOf(Route route, List<Route> routes) {
            for (Route each : routes) {
                if (each.table() == route.table()
                        && each.metric() == route.metric()
                        && each.destination().equals(route.destination())) {
                    return each;
                }
            }
            return null;
        }

        private static boolean isSame(Route one, Route other) {
            return one.type() == other.type()
                    && (one.type() != RouteType.UNICAST
                            || new HashSet<>(one.nextHops()).equals(new HashSet<>(other.nextHops())));
        }
    }
}
