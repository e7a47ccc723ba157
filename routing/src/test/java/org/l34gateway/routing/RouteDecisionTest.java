// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.routing.Fixtures.cluster;
import static org.l34gateway.routing.Fixtures.gateway;
import static org.l34gateway.routing.Fixtures.route;
import static org.l34gateway.routing.Fixtures.service;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.l34gateway.api.L34Route;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.ByteMatch;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;

class RouteDecisionTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "destinationCIDRs: [20.0.0.1/32]                            | true  | Accepted         | ''",
                "destinationCIDRs: [20.0.0.0/24, 'fd20::/64']               | true  | Accepted         | ''",
                "destinationCIDRs: [120.0.0.0/5]                            | false | UnsupportedValue | no destinationCIDR can be carried out: destinationCIDR 120.0.0.0/5 overlaps with 127.0.0.0/8, which no pod can own or no router can reach",
                "destinationCIDRs: [0.0.0.0/0]                              | false | UnsupportedValue | no destinationCIDR can be carried out: destinationCIDR 0.0.0.0/0 overlaps with 0.0.0.0/8, which no pod can own or no router can reach",
                "destinationCIDRs: ['fe80::/64']                            | false | UnsupportedValue | no destinationCIDR can be carried out: destinationCIDR fe80::/64 overlaps with fe80::/10, which no pod can own or no router can reach",
                "destinationCIDRs: [20.0.0/32]                              | false | UnsupportedValue | spec.destinationCIDRs: not an IP address: \"20.0.0\"",
                "destinationCIDRs: [127.0.0.1/32]                           | false | UnsupportedValue | no destinationCIDR can be carried out: destinationCIDR 127.0.0.1/32 is no address that a pod can own and a router can reach",
                "destinationCIDRs: ['ff02::1/128']                          | false | UnsupportedValue | no destinationCIDR can be carried out: destinationCIDR ff02::1/128 is no address that a pod can own and a router can reach",
                "{destinationCIDRs: [20.0.0.1/32], sourceCIDRs: [x]}        | false | UnsupportedValue | spec.sourceCIDRs: not an IP address: \"x\"",
                "{destinationCIDRs: [20.0.0.1/32], sourcePorts: [9-1]}      | false | UnsupportedValue | spec.sourcePorts: \"9-1\" is no port, first-last or any",
                "{destinationCIDRs: [20.0.0.1/32], destinationPorts: [70000]} | false | UnsupportedValue | spec.destinationPorts: \"70000\" is no port, first-last or any",
                "{destinationCIDRs: [20.0.0.1/32], byteMatches: ['tcp[0:3]=1']} | false | UnsupportedValue | spec.byteMatches[0]: \"tcp[0:3]=1\" is not like tcp[13:1] & 0x12 = 0x2: tcp, udp or sctp, an offset, 1, 2 or 4 bytes",
                "{destinationCIDRs: [20.0.0.1/32], byteMatches: ['udp[4:1]=1']} | false | UnsupportedValue | spec.byteMatches are about UDP, spec.protocols are [TCP]",
            })
    void a_spec_is_accepted_or_refused_with_the_field_named(String spec, boolean ok, String reason, String message) {
        String lines =
                spec.startsWith("{") ? spec.substring(1, spec.length() - 1).replace("], ", "]\n") : spec;
        RouteDecision decision = decide(route("r", "gw", "svc", lines)).getFirst();
        assertThat(decision.accepted()).isEqualTo(new Verdict(ok, reason, message));
        assertThat(decision.flow() != null).isEqualTo(ok);
    }

    @Test
    void what_is_no_vip_is_left_out_and_said() {
        RouteDecision decision = decide(
                        route("r", "gw", "svc", "destinationCIDRs: [20.0.0.1/32, 30.0.0.9/8, 126.0.0.0/7]"))
                .getFirst();
        assertThat(decision.accepted().ok()).isTrue();
        assertThat(decision.vips()).containsExactly(IpPrefix.parse("20.0.0.1/32"), IpPrefix.parse("30.0.0.0/8"));
        assertThat(decision.leftOut()).singleElement().asString().contains("126.0.0.0/7");
    }

    @Test
    void bytes_of_a_header_restrict_a_route_to_its_protocol() {
        L34Route route = Fixtures.read(L34Route.class, """
                metadata: {name: r}
                spec:
                  parentRefs: [{name: gw}]
                  backendRefs: [{name: svc, port: 1}]
                  destinationCIDRs: [20.0.0.1/32]
                  protocols: [UDP, SCTP]
                  priority: 1
                  byteMatches: ['sctp[4:4] & 0x3 = 2']
                """);
        RouteDecision decision = decide(route).getFirst();
        assertThat(decision.flow()).isNotNull();
        assertThat(decision.flow().protocols()).containsExactly(Protocol.SCTP);
        assertThat(decision.flow().byteMatches()).containsExactly(new ByteMatch(Protocol.SCTP, 4, 4, 3, 2));
    }

    @Test
    void ports_are_any_when_one_entry_says_any_or_all_of_them() {
        RouteDecision any = decide(route(
                        "r",
                        "gw",
                        "svc",
                        "destinationCIDRs: [20.0.0.1/32]\nsourcePorts: [0-65535]\ndestinationPorts: ['4000', any]"))
                .getFirst();
        assertThat(any.flow()).isNotNull();
        assertThat(any.flow().sourcePorts()).isEmpty();
        assertThat(any.flow().destinationPorts()).isEmpty();
        RouteDecision some = decide(
                        route("r", "gw", "svc", "destinationCIDRs: [20.0.0.1/32]\ndestinationPorts: ['4000', 0-1000]"))
                .getFirst();
        assertThat(some.flow()).isNotNull();
        assertThat(some.flow().destinationPorts()).containsExactly(new PortRange(0, 1000), PortRange.of(4000));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "svc       | ResolvedRefs    ",
                "missing   | BackendNotFound ",
                "unlabelled| BackendNotFound ",
            })
    void a_backend_must_be_a_service_of_the_gateway(String backend, String reason) {
        RouteDecision decision = decide(route("r", "gw", backend, "destinationCIDRs: [20.0.0.1/32]"))
                .getFirst();
        assertThat(decision.accepted().ok()).isTrue();
        assertThat(decision.resolvedRefs().reason()).isEqualTo(reason);
        assertThat(decision.flow()).isNotNull();
        assertThat(decision.flow().backends()).hasSize(reason.equals("ResolvedRefs") ? 1 : 0);
    }

    @Test
    void a_route_of_another_namespace_is_not_allowed() {
        L34Route route = route("r", "gw", "svc", "destinationCIDRs: [20.0.0.1/32]");
        route.getMetadata().setNamespace("thief");
        assertThat(decide(route)).isEmpty();
        L34Route pointing = Fixtures.read(L34Route.class, """
                metadata: {name: r, namespace: thief}
                spec:
                  parentRefs: [{name: gw, namespace: shop}]
                  destinationCIDRs: [20.0.0.1/32]
                  protocols: [TCP]
                  priority: 1
                """);
        assertThat(decide(pointing).getFirst().accepted().reason()).isEqualTo("NotAllowedByListeners");
    }

    @Test
    void two_parent_refs_to_one_gateway_make_one_flow() {
        L34Route route = Fixtures.read(L34Route.class, """
                metadata: {name: r}
                spec:
                  parentRefs: [{name: gw, sectionName: all}, {name: gw, port: 4000}, {name: gw, port: 1}]
                  backendRefs: [{name: svc, port: 1}]
                  destinationCIDRs: [20.0.0.1/32]
                  protocols: [TCP]
                  priority: 1
                """);
        assertThat(decide(route))
                .extracting(decision -> decision.accepted().reason())
                .containsExactly("Accepted", "Accepted", "NoMatchingParent");
        assertThat(decide(route))
                .filteredOn(decision -> decision.flow() != null)
                .hasSize(1);
    }

    @Test
    void the_order_of_the_input_changes_nothing() {
        long seed = Long.getLong("seed", System.nanoTime());
        List<L34Route> routes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            routes.add(route("r" + i, "gw", "svc", "destinationCIDRs: [20.0.0." + i + "/32]"));
        }
        List<RouteDecision> first = decide(routes.toArray(L34Route[]::new));
        Collections.shuffle(routes, new Random(seed));
        assertThat(decide(routes.toArray(L34Route[]::new)))
                .as("repeat with -Dseed=" + seed)
                .isEqualTo(first);
    }

    private static List<RouteDecision> decide(L34Route... routes) {
        var unlabelled = service("unlabelled", "other");
        return GatewayDecision.all(cluster(gateway("gw"), List.of(routes), List.of(), service("svc", "gw"), unlabelled))
                .getFirst()
                .routes();
    }
}
