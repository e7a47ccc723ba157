// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.routing.Fixtures.cluster;
import static org.l34gateway.routing.Fixtures.gateway;
import static org.l34gateway.routing.Fixtures.route;
import static org.l34gateway.routing.Fixtures.router;
import static org.l34gateway.routing.Fixtures.service;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.l34gateway.api.Names;
import org.l34gateway.ip.IpPrefix;

class GatewayDecisionTest {
    @Test
    void a_gateway_without_infrastructure_is_refused_and_not_a_crash() {
        Gateway gateway = gateway("gw");
        gateway.getSpec().setInfrastructure(null);
        GatewayDecision decision = decide(gateway);
        assertThat(decision.accepted().reason()).isEqualTo("InvalidParameters");
        assertThat(decision.accepted().message()).contains(Names.NETWORKS_ANNOTATION);
    }

    @Test
    void a_gateway_class_object_or_the_controller_name_itself_makes_a_gateway_ours() {
        GatewayClass gatewayClass = Fixtures.read(GatewayClass.class, """
                metadata: {name: stateless-load-balancer}
                spec: {controllerName: l-3-4-gateway-api-poc/stateless-load-balancer}
                """);
        Gateway byClass = gateway("gw");
        byClass.getSpec().setGatewayClassName("stateless-load-balancer");
        assertThat(GatewayKind.of(byClass, List.of(gatewayClass))).isEqualTo(GatewayKind.STATELESS);
        assertThat(GatewayKind.of(byClass, List.of())).isEqualTo(GatewayKind.FOREIGN);
        assertThat(GatewayKind.of(gateway("gw"), List.of())).isEqualTo(GatewayKind.STATELESS);
        Gateway nat = gateway("gw");
        nat.getSpec().setGatewayClassName(Names.NAT_CONTROLLER);
        assertThat(decide(nat).accepted().ok()).isFalse();
    }

    @Test
    void services_and_routers_of_other_namespaces_do_not_bind() {
        Service elsewhere = service("svc", "gw");
        elsewhere.getMetadata().setNamespace("elsewhere");
        var router = router("{address: 192.0.2.1, interface: ext}");
        router.getMetadata().setNamespace("elsewhere");
        GatewayDecision decision = GatewayDecision.all(cluster(gateway("gw"), List.of(), List.of(router), elsewhere))
                .getFirst();
        assertThat(decision.services()).isEmpty();
        assertThat(decision.routers()).isEmpty();
    }

    @Test
    void a_service_has_the_vips_of_the_routes_that_name_it() {
        var routes = List.of(
                route("a", "gw", "svc", "destinationCIDRs: [20.0.0.1/32, '2000::1/128']"),
                route("b", "gw", "other", "destinationCIDRs: [40.0.0.1/32]"));
        GatewayDecision decision = GatewayDecision.all(
                        cluster(gateway("gw"), routes, List.of(), service("svc", "gw"), service("other", "gw")))
                .getFirst();
        assertThat(decision.vips())
                .containsExactly(IpPrefix.parse("20.0.0.1"), IpPrefix.parse("40.0.0.1"), IpPrefix.parse("2000::1"));
        assertThat(decision.services())
                .extracting(service -> service.vips().toString())
                .containsExactly("[40.0.0.1/32]", "[20.0.0.1/32, 2000::1/128]");
    }

    @ParameterizedTest
    @CsvSource({"100, 100", "'', 100", "16, 16", "0, 1", "5000, 1024", "-1, 100", "x, 100", "99999999999, 100"})
    void the_declared_maximum_is_taken_or_corrected(String label, int capacity) {
        Service service = service("svc", "gw");
        service.getMetadata().setLabels(Map.of(Names.GATEWAY_LABEL, "gw", Names.MAX_ENDPOINTS_LABEL, label));
        ServiceDecision decision = GatewayDecision.all(cluster(gateway("gw"), List.of(), List.of(), service))
                .getFirst()
                .services()
                .getFirst();
        assertThat(decision.capacity()).isEqualTo(capacity);
        assertThat(decision.problem() == null).isEqualTo(label.equals(Integer.toString(capacity)));
    }

    @Test
    void an_empty_selector_selects_nothing_and_the_dummy_is_dropped_without_touching_the_service() {
        Service service = service("svc", "gw");
        ServiceDecision decision = only(service);
        assertThat(decision.selects(Map.of("app", "svc", "x", "y"))).isTrue();
        assertThat(decision.selects(Map.of("app", "other"))).isFalse();
        assertThat(service.getSpec().getSelector()).containsKey(Names.DUMMY_SELECTOR);
        service.getSpec().setSelector(Map.of(Names.DUMMY_SELECTOR, "true"));
        assertThat(only(service).selects(Map.of("app", "svc"))).isFalse();
        assertThat(only(service).problem()).contains("selects nothing");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{address: 192.0.2.1, interface: ext}                                             | Accepted",
                "{address: 192.0.2.1, interface: ext, bgp: {holdTime: 24s, localASN: 4294967295}} | Accepted",
                "{address: 192.0.2.1, interface: ext, bgp: {holdTime: 0s}}                        | Accepted",
                "{address: 192.0.2.1, interface: ext, bgp: {holdTime: 2s}}                        | Invalid",
                "{address: 192.0.2.1, interface: ext, bgp: {holdTime: 3500ms}}                    | Invalid",
                "{address: 192.0.2.1, interface: ext, bgp: {holdTime: 24}}                        | Invalid",
                "{address: 192.0.2.1, interface: ext, bgp: {remoteASN: 0}}                        | Invalid",
                "{address: 192.0.2, interface: ext}                                               | Invalid",
                "{address: 192.0.2.1, interface: ext, bgp: {auth: {keyName: k, keySource: s}}}    | NotSupported",
                "{address: 192.0.2.1, interface: ext, protocol: Static}                           | NotSupported",
                "{address: 192.0.2.1, interface: ext, bgp: {bfd: {switch: true, minTx: 0us}}}     | Invalid",
            })
    void a_router_is_accepted_or_refused_with_a_reason(String spec, String reason) {
        RouterDecision decision = RouterDecision.of(router(spec));
        assertThat(decision.accepted().reason()).isEqualTo(reason);
        assertThat(decision.session() != null).isEqualTo(reason.equals("Accepted"));
        assertThat(decision.accepted().message().isEmpty()).isEqualTo(reason.equals("Accepted"));
    }

    @Test
    void what_a_router_gives_is_taken_as_given_and_the_rest_is_the_reference() {
        BgpSession defaults = RouterDecision.of(router("{address: '100:100::150', interface: vlan-200}"))
                .session();
        assertThat(defaults).isNotNull();
        assertThat(defaults.localAsn()).isEqualTo(8103);
        assertThat(defaults.remoteAsn()).isEqualTo(4248829953L);
        assertThat(defaults.localPort()).isEqualTo(10179);
        assertThat(defaults.holdTime()).isEqualTo(Duration.ofSeconds(3));
        assertThat(defaults.bfd()).isNull();
        BgpSession given = RouterDecision.of(
                        router(
                                "{address: 169.254.100.150, interface: vlan-200, bgp: {localASN: 1, holdTime: 1m30s, bfd: {switch: true, minTx: 300ms, minRx: 250us, multiplier: 5}}}"))
                .session();
        assertThat(given).isNotNull();
        assertThat(given.localAsn()).isEqualTo(1);
        assertThat(given.holdTime()).isEqualTo(Duration.ofSeconds(90));
        assertThat(given.bfd()).isEqualTo(new BgpSession.Bfd(Duration.ofMillis(300), Duration.ofNanos(250_000), 5));
    }

    private static ServiceDecision only(Service service) {
        return GatewayDecision.all(cluster(gateway("gw"), List.of(), List.of(), service))
                .getFirst()
                .services()
                .getFirst();
    }

    private static GatewayDecision decide(Gateway gateway) {
        return GatewayDecision.all(cluster(gateway, List.of(), List.of())).getFirst();
    }
}
