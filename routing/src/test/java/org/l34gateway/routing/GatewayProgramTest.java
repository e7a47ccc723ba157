// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.routing.Fixtures.cluster;
import static org.l34gateway.routing.Fixtures.gateway;
import static org.l34gateway.routing.Fixtures.gatewayPod;
import static org.l34gateway.routing.Fixtures.report;
import static org.l34gateway.routing.Fixtures.route;
import static org.l34gateway.routing.Fixtures.service;
import static org.l34gateway.routing.Fixtures.slice;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Target;

class GatewayProgramTest {
    private static final String READY = ", conditions: {ready: true}}";

    @Test
    void a_target_is_an_endpoint_with_an_identifier_and_the_vips_that_it_holds() {
        List<Target> targets = targets(
                slice("svc", "ipv4", targetsOf("a", 3, "20.0.0.1/32"), endpoint("a", "10.0.0.1")),
                slice("svc", "ipv6", targetsOf("a", 3, "20.0.0.1/32"), endpoint("a", "fd00::1")));
        assertThat(targets).singleElement().satisfies(target -> {
            assertThat(target.identifier()).isEqualTo(3);
            assertThat(target.name()).isEqualTo("shop/a");
            assertThat(target.addresses()).containsExactly(IpAddress.parse("10.0.0.1"), IpAddress.parse("fd00::1"));
            assertThat(target.vips()).containsExactly(IpPrefix.parse("20.0.0.1"));
        });
    }

    @Test
    void a_vip_needs_an_address_of_its_family() {
        assertThat(targets(slice("svc", "ipv4", targetsOf("a", 0, "2000::1/128"), endpoint("a", "10.0.0.1"))))
                .singleElement()
                .satisfies(target -> assertThat(target.vips()).isEmpty());
    }

    @Test
    void an_identifier_with_two_owners_belongs_to_the_higher_revision() {
        EndpointSlice old = slice(
                "svc",
                "ipv4",
                "{\"revision\":1,\"targets\":[{\"uid\":\"uid-a\",\"id\":0,\"vips\":[]}]}",
                endpoint("a", "10.0.0.1"));
        EndpointSlice young = slice(
                "svc",
                "ipv4-2",
                "{\"revision\":2,\"targets\":[{\"uid\":\"uid-b\",\"id\":0,\"vips\":[]}]}",
                endpoint("b", "10.0.0.2"));
        assertThat(targets(old, young)).extracting(Target::name).containsExactly("shop/b");
        assertThat(targets(young, old)).extracting(Target::name).containsExactly("shop/b");
    }

    @Test
    void nothing_of_a_broken_or_foreign_slice_becomes_a_target() {
        EndpointSlice broken = slice("svc", "ipv4", "[1]", endpoint("a", "10.0.0.1"));
        EndpointSlice foreign = slice("svc", "ipv4", targetsOf("a", 0, "20.0.0.1/32"), endpoint("a", "10.0.0.1"));
        foreign.getMetadata().getLabels().put("endpointslice.kubernetes.io/managed-by", "somebody");
        EndpointSlice tooHigh = slice("svc", "ipv4", targetsOf("a", 100, "20.0.0.1/32"), endpoint("a", "10.0.0.1"));
        EndpointSlice unready = slice(
                "svc",
                "ipv4",
                targetsOf("a", 0, "20.0.0.1/32"),
                endpoint("a", "10.0.0.1").replace("true", "false"));
        assertThat(targets(broken, foreign, tooHigh, unready)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'{ready: true, serving: true, terminating: false}', takes",
        "'{ready: true}', takes",
        "'{ready: true, serving: false, terminating: true}', takes",
        "'{ready: false, serving: true, terminating: true}', drains",
        "'{ready: false, serving: false, terminating: true}', out",
        "'{ready: false, serving: true, terminating: false}', out",
        "'{terminating: true}', out",
    })
    void an_endpoint_that_terminates_and_serves_drains(String conditions, String expected) {
        String endpoint = endpoint("a", "10.0.0.1").replace("{ready: true}", conditions);
        assertThat(targets(slice("svc", "ipv4", targetsOf("a", 0, "20.0.0.1/32"), endpoint)))
                .extracting(target -> target.draining() ? "drains" : "takes")
                .isEqualTo(expected.equals("out") ? List.of() : List.of(expected));
    }

    /** The slices of the families are written one after the other, and come in any order. */
    @Test
    void a_pod_drains_as_soon_as_one_slice_says_so() {
        String drains = "{ready: false, serving: true, terminating: true}";
        EndpointSlice old = slice("svc", "ipv4", targetsOf("a", 0, "20.0.0.1/32"), endpoint("a", "10.0.0.1"));
        EndpointSlice young = slice(
                "svc",
                "ipv6",
                targetsOf("a", 0, "20.0.0.1/32"),
                endpoint("a", "fd00::1").replace("{ready: true}", drains));
        for (List<Target> targets : List.of(targets(old, young), targets(young, old))) {
            assertThat(targets).singleElement().satisfies(target -> {
                assertThat(target.draining()).isTrue();
                assertThat(target.addresses()).hasSize(2);
            });
        }
    }

    @Test
    void the_seed_follows_the_uid_of_the_gateway() {
        GatewayDecision one = GatewayDecision.all(cluster(gateway("gw"), List.of(), List.of()))
                .getFirst();
        GatewayDecision two = GatewayDecision.all(cluster(gateway("other"), List.of(), List.of()))
                .getFirst();
        assertThat(GatewayProgram.of(one, List.of())).isEqualTo(GatewayProgram.of(one, List.of()));
        assertThat(GatewayProgram.of(one, List.of()).program().seed())
                .isNotEqualTo(GatewayProgram.of(two, List.of()).program().seed());
    }

    @Test
    void a_next_hop_is_programmed_has_a_default_route_is_there_and_not_isolated() {
        var gateway = new Report.ObjectRef("shop", "gw", "uid-gw");
        var good = report(
                "p1", "gw", "programmed: true\naddresses: [nonsense, 10.0.0.9, 'fd00::9']\ndefaultRoutes: [IPv4]");
        var unprogrammed = report("p2", "gw", "programmed: false\naddresses: [10.0.0.8]\ndefaultRoutes: [IPv4]");
        var gone = report("p3", "gw", "programmed: true\naddresses: [10.0.0.7]\ndefaultRoutes: [IPv4]");
        var other = report("p4", "other", "programmed: true\naddresses: [10.0.0.6]\ndefaultRoutes: [IPv4]");
        var isolated =
                report("p5", "gw", "programmed: true\naddresses: [10.0.0.5]\ndefaultRoutes: [IPv4]\nisolated: true");
        var pods = List.of(
                gatewayPod("p1", "gw"), gatewayPod("p2", "gw"), gatewayPod("p4", "other"), gatewayPod("p5", "gw"));
        assertThat(NextHops.of(gateway, List.of(good, unprogrammed, gone, other, isolated), pods))
                .containsExactly(IpAddress.parse("10.0.0.9"));
    }

    private static String targetsOf(String pod, int id, String vip) {
        return "{\"revision\":1,\"targets\":[{\"uid\":\"uid-%s\",\"id\":%d,\"vips\":[\"%s\"]}]}"
                .formatted(pod, id, vip);
    }

    private static String endpoint(String pod, String address) {
        return "- {addresses: ['%s'], targetRef: {kind: Pod, namespace: shop, name: %s, uid: uid-%s}%s"
                .formatted(address, pod, pod, READY);
    }

    private static List<Target> targets(EndpointSlice... slices) {
        var routes = List.of(route("r", "gw", "svc", "destinationCIDRs: [20.0.0.1/32, '2000::1/128']"));
        GatewayDecision decision = GatewayDecision.all(cluster(gateway("gw"), routes, List.of(), service("svc", "gw")))
                .getFirst();
        return GatewayProgram.of(decision, List.of(slices))
                .program()
                .groups()
                .getFirst()
                .targets();
    }
}
