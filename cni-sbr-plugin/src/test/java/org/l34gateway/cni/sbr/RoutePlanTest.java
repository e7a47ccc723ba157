// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.Rule;

class RoutePlanTest {
    private static final int NET1 = 3;
    private static final Route LINK =
            Route.unicast(IpPrefix.parse("169.254.100.0/24"), Route.TABLE_MAIN, List.of(NextHop.dev(NET1)));
    private static final Route LINK6 =
            Route.unicast(IpPrefix.parse("fd00::/64"), Route.TABLE_MAIN, List.of(NextHop.dev(NET1)));
    private static final Route PRIMARY = Route.unicast(
            IpPrefix.parse("0.0.0.0/0"), Route.TABLE_MAIN, List.of(NextHop.via(IpAddress.parse("10.0.0.1"), 2)));

    @Test
    void without_next_hops_answers_are_refused_and_do_not_leave_by_the_primary_network() {
        RoutePlan plan = decide(wanted(List.of("20.0.0.1"), List.of()), List.of(LINK, PRIMARY), List.of());

        assertThat(plan.put()).containsExactly(Route.unreachable(IpPrefix.parse("0.0.0.0/0"), 5000, 1_000_000));
        assertThat(plan.addRules()).containsExactly(Rule.from(IpPrefix.parse("20.0.0.1/32"), 1000, 5000));
    }

    @Test
    void a_next_hop_behind_the_default_route_only_is_left_out() {
        RoutePlan plan = decide(wanted(List.of("20.0.0.1"), List.of("192.0.2.1")), List.of(LINK, PRIMARY), List.of());

        assertThat(plan.notOnLink()).containsExactly(IpAddress.parse("192.0.2.1"));
        assertThat(plan.put()).hasSize(1);
    }

    @Test
    void what_is_known_of_a_new_next_hop_is_forgotten_and_of_a_kept_one_not() {
        RouteWanted one = wanted(List.of("20.0.0.1"), List.of("169.254.100.1"));
        RouteWanted two = wanted(List.of("20.0.0.1"), List.of("169.254.100.1", "169.254.100.2"));
        List<Route> routes = new ArrayList<>(List.of(LINK));
        routes.addAll(decide(one, routes, List.of()).put());

        assertThat(decide(two, routes, List.of()).forget())
                .containsExactly(NextHop.via(IpAddress.parse("169.254.100.2"), NET1));
    }

    @Test
    void the_other_family_and_other_people_s_rules_and_routes_are_not_touched() {
        List<Route> routes = List.of(
                LINK,
                PRIMARY,
                Route.unreachable(IpPrefix.parse("::/0"), 5000, 1_000_000),
                Route.unreachable(IpPrefix.parse("0.0.0.0/0"), 5001, 1_000_000),
                Route.unicast(IpPrefix.parse("10.9.0.0/16"), 5000, List.of(NextHop.dev(2))));
        List<Rule> rules = List.of(
                Rule.from(IpPrefix.parse("2000::1/128"), 1000, 5000),
                Rule.from(IpPrefix.parse("20.0.0.9/32"), 1000, 5001),
                Rule.from(IpPrefix.parse("20.0.0.9/32"), 999, 5000));

        RoutePlan plan = RoutePlan.decide(
                wanted(List.of(), List.of()), Set.of(5000), Set.of(IpFamily.IPV4), new PodRouting(routes, rules));
        assertThat(plan.isEmpty()).as("%s", plan).isTrue();
    }

    @Test
    void in_a_table_that_we_chose_nobody_else_has_a_route() {
        Route diverted = Route.unicast(IpPrefix.parse("10.9.0.0/16"), 5000, List.of(NextHop.dev(2)));
        Route otherFamily = Route.unicast(IpPrefix.parse("2001:db8::/32"), 5000, List.of(NextHop.dev(2)));
        List<Route> routes = List.of(
                LINK,
                PRIMARY,
                Route.unreachable(IpPrefix.parse("0.0.0.0/0"), 5000, RoutePlan.UNREACHABLE_METRIC),
                diverted,
                otherFamily);
        assertThat(RoutePlan.strangers(5000, Set.of(IpFamily.IPV4), routes)).containsExactly(diverted);
        assertThat(RoutePlan.strangers(0, Set.of(IpFamily.IPV4), routes)).isEmpty();
    }

    @Test
    void after_a_plan_the_next_one_is_empty_and_every_route_that_is_wanted_throughout_stays() {
        long seed = Long.getLong("seed", System.nanoTime());
        var dice = new Random(seed);
        List<Route> routes = new ArrayList<>(List.of(LINK, LINK6, PRIMARY));
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            RouteWanted wanted = wanted(
                    some(dice, "20.0.0.1", "20.0.0.2", "2000::1", "2000::2"),
                    some(dice, "169.254.100.1", "169.254.100.2", "fd00::1", "fd00::2"));
            RoutePlan plan = RoutePlan.decide(
                    wanted, Set.of(), Set.of(IpFamily.IPV4, IpFamily.IPV6), new PodRouting(routes, rules));
            for (Route put : plan.put()) {
                routes.removeIf(route -> isSamePlace(route, put));
                routes.add(put);
            }
            routes.removeAll(plan.dropRoutes());
            rules.addAll(plan.addRules());
            rules.removeAll(plan.dropRules());

            String repeat = "repeat with -Dseed=" + seed;
            assertThat(decide(wanted, routes, rules).isEmpty()).as(repeat).isTrue();
            assertThat(routes).as(repeat).contains(LINK, LINK6, PRIMARY);
            assertThat(rules).as(repeat).hasSize(wanted.sources().size());
        }
    }

    private static boolean isSamePlace(Route one, Route other) {
        return one.table() == other.table()
                && one.metric() == other.metric()
                && one.destination().equals(other.destination());
    }

    private static RoutePlan decide(RouteWanted wanted, List<Route> routes, List<Rule> rules) {
        return RoutePlan.decide(wanted, Set.of(), wanted.families(), new PodRouting(routes, rules));
    }

    private static RouteWanted wanted(List<String> sources, List<String> nextHops) {
        return new RouteWanted(
                sources.stream().map(IpPrefix::parse).toList(),
                nextHops.stream().map(IpAddress::parse).toList(),
                5000,
                new TreeMap<>());
    }

    private static List<String> some(Random dice, String... all) {
        return Arrays.stream(all).filter(_ -> dice.nextBoolean()).toList();
    }
}
