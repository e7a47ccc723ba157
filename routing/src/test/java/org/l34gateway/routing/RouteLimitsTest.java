// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.routing.Fixtures.cluster;
import static org.l34gateway.routing.Fixtures.gateway;
import static org.l34gateway.routing.Fixtures.route;
import static org.l34gateway.routing.Fixtures.service;

import io.fabric8.kubernetes.api.model.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;

class RouteLimitsTest {
    /** @param age seconds after noon */
    private static L34Route aged(int age, L34Route route) {
        route.getMetadata().setCreationTimestamp("2026-01-01T12:%02d:%02dZ".formatted(age / 60, age % 60));
        return route;
    }

    private static GatewayDecision decide(List<L34Route> routes, Service... services) {
        return GatewayDecision.all(cluster(gateway("gw"), routes, List.of(), services))
                .getFirst();
    }

    private static Set<String> refused(GatewayDecision decision) {
        return decision.routes().stream()
                .filter(route -> route.accepted().reason().equals("LimitReached"))
                .map(RouteDecision::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String why(GatewayDecision decision, String route) {
        return decision.routes().stream()
                .filter(each -> each.name().equals("shop/" + route))
                .map(each -> each.accepted().message())
                .findFirst()
                .orElseThrow();
    }

    private static Service sized(String name, int endpoints) {
        Service service = service(name, "gw");
        service.getMetadata().getLabels().put(Names.MAX_ENDPOINTS_LABEL, Integer.toString(endpoints));
        return service;
    }

    @Test
    void the_route_too_many_is_the_youngest() {
        List<L34Route> routes = IntStream.rangeClosed(0, RouteLimits.ROUTES)
                .mapToObj(i -> aged(0, route("r" + (10_000 + i), "gw", "svc", "destinationCIDRs: [20.0.0.1/32]")))
                .collect(Collectors.toCollection(ArrayList::new));
        routes.set(0, aged(1, route("young", "gw", "svc", "destinationCIDRs: [20.0.0.2/32]")));
        GatewayDecision decision = decide(routes, service("svc", "gw"));
        assertThat(refused(decision)).containsExactly("shop/young");
        assertThat(why(decision, "young")).contains("4096 older routes, which is the limit");
    }

    @Test
    void the_services_of_a_gateway_have_no_more_slots_than_fit() {
        // 63 Services of 131,071 slots leave room for one of 65,537, one of 16,381 and many of 2,039.
        List<L34Route> routes = new ArrayList<>();
        List<Service> services = new ArrayList<>();
        for (int i = 0; i < 63; i++) {
            services.add(sized("big" + i, 1_000));
            routes.add(aged(i, route("big" + i, "gw", "big" + i, "destinationCIDRs: [20.0.0.%d/32]".formatted(i))));
        }
        services.add(service("default", "gw"));
        services.add(sized("medium", 64));
        services.add(service("another", "gw"));
        services.add(sized("small", 16));
        routes.add(aged(70, route("default", "gw", "default", "destinationCIDRs: [20.0.1.1/32]")));
        routes.add(aged(70, route("medium", "gw", "medium", "destinationCIDRs: [20.0.1.5/32]")));
        routes.add(aged(71, route("another", "gw", "another", "destinationCIDRs: [20.0.1.2/32]")));
        routes.add(aged(72, route("small", "gw", "small", "destinationCIDRs: [20.0.1.3/32]")));
        routes.add(aged(73, route("again", "gw", "default", "destinationCIDRs: [20.0.1.4/32]")));
        GatewayDecision decision = decide(routes, services.toArray(Service[]::new));
        assertThat(refused(decision)).containsExactly("shop/another");
        assertThat(why(decision, "another"))
                .isEqualTo("the Services of older routes have 8339391 slots, those of this one need 65537 more, the"
                        + " limit of a Gateway is 8388608; declare fewer endpoints (label"
                        + " l-3-4-gateway-api-poc/service-max-endpoints), or use another Gateway");
        assertThat(decision.services())
                .filteredOn(service -> service.service().getMetadata().getName().equals("another"))
                .singleElement()
                .satisfies(service -> assertThat(service.vips())
                        .as("no pod is attached for a route that is not carried out")
                        .isEmpty());
    }

    @Test
    void both_families_of_a_service_have_slots_of_their_own() {
        List<L34Route> routes = new ArrayList<>();
        List<Service> services = new ArrayList<>();
        for (int i = 0; i < 33; i++) {
            services.add(sized("s" + i, 1_000));
            routes.add(aged(
                    i,
                    route("r" + i, "gw", "s" + i, "destinationCIDRs: [20.0.0.%d/32, '2000::%d/128']".formatted(i, i))));
        }
        assertThat(refused(decide(routes, services.toArray(Service[]::new)))).containsExactly("shop/r32");
    }

    /** Ranges that begin anywhere; three routes of them make a large tree, thirty would make one of millions. */
    private static L34Route overlapping(int number, String vips, int ranges, Random dice) {
        StringJoiner ports = new StringJoiner(", ", "[", "]");
        StringJoiner clients = new StringJoiner(", ", "[", "]");
        for (int i = 0; i < ranges; i++) {
            int first = dice.nextInt(60_000);
            ports.add("'" + first + "-" + (first + 800) + "'");
        }
        for (int i = 0; i < 5; i++) {
            clients.add("10.%d.0.0/12".formatted(dice.nextInt(16) * 16));
        }
        return route("r" + (1_000 + number), "gw", "svc", """
                destinationCIDRs: %s
                destinationPorts: %s
                sourceCIDRs: %s
                sourcePorts: %s
                """.formatted(vips, ports, clients, ports));
    }

    @Test
    void a_route_that_makes_a_vip_explode_is_refused_and_all_others_go_on() {
        Random dice = new Random(3);
        List<L34Route> routes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            routes.add(aged(i, route("before" + i, "gw", "svc", """
                    destinationCIDRs: [20.0.0.1/32]
                    destinationPorts: ['%d']
                    """.formatted(80 + i))));
        }
        for (int i = 0; i < 6; i++) {
            routes.add(aged(10 + i, overlapping(i, "[20.0.0.1/32, 20.0.0.2/32]", 60, dice)));
        }
        routes.add(aged(20, route("after", "gw", "svc", "destinationCIDRs: [20.0.0.1/32]\ndestinationPorts: ['90']")));
        GatewayDecision decision = decide(routes, service("svc", "gw"));
        assertThat(refused(decision)).isNotEmpty().allMatch(name -> name.startsWith("shop/r1"));
        assertThat(refused(decision)).as("the first of them fits").doesNotContain("shop/r1000");
        assertThat(why(decision, "r1005"))
                .contains("20.0.0.1/32 overlap so much", "more than 32768 steps", "name fewer ranges");
    }

    @Test
    void routes_to_a_prefix_and_to_an_address_in_it_count_together() {
        Random dice = new Random(3);
        List<L34Route> routes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            routes.add(aged(i, overlapping(i, i % 2 == 0 ? "[20.0.0.0/24]" : "[20.0.0.1/32]", 60, dice)));
        }
        assertThat(refused(decide(routes, service("svc", "gw")))).contains("shop/r1005");
    }

    @Test
    void a_route_that_comes_changes_nothing_for_those_that_are_there() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        List<L34Route> routes = new ArrayList<>();
        Set<String> before = Set.of();
        Set<String> there = new TreeSet<>();
        for (int i = 0; i < 15; i++) {
            String vip = "[20.0.0.%d/32]".formatted(1 + dice.nextInt(2));
            L34Route route = aged(i, overlapping(i, vip, 1 + dice.nextInt(40), dice));
            routes.add(dice.nextInt(routes.size() + 1), route);
            Set<String> now = refused(decide(routes, service("svc", "gw")));
            Set<String> refusedOfThose = new TreeSet<>(now);
            refusedOfThose.retainAll(there);
            assertThat(refusedOfThose).as("seed %d, route %d", seed, i).isEqualTo(before);
            before = now;
            there.add("shop/" + route.getMetadata().getName());
        }
    }

    @Test
    @Timeout(30)
    void the_worst_that_the_api_lets_pass_is_decided_in_bounded_time() {
        Random dice = new Random(5);
        String vips =
                IntStream.range(0, 256).mapToObj(i -> "20.0.0." + i + "/32").collect(Collectors.joining(", "));
        List<L34Route> routes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            routes.add(aged(i, overlapping(i, "[" + vips + "]", 64, dice)));
        }
        GatewayDecision decision = decide(routes, service("svc", "gw"));
        assertThat(refused(decision)).hasSizeGreaterThan(290);
    }
}
