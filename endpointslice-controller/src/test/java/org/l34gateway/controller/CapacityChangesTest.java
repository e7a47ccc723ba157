// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.Names;
import org.l34gateway.routing.Cluster;
import org.l34gateway.routing.GatewayDecision;

class CapacityChangesTest {
    private static final EndpointSlice TWO_TARGETS = Fixtures.read(EndpointSlice.class, """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: web-ipv4
              namespace: shop
              labels: {kubernetes.io/service-name: web, endpointslice.kubernetes.io/managed-by: l34-gateway}
              annotations:
                l-3-4-gateway-api-poc/targets: '{"revision":1,"targets":[{"uid":"a","id":0,"vips":[]},{"uid":"b","id":1,"vips":[]}]}'
            addressType: IPv4
            endpoints:
            - {addresses: [10.0.0.1], conditions: {ready: true}, targetRef: {kind: Pod, namespace: shop, name: a, uid: a}}
            - {addresses: [10.0.0.2], conditions: {ready: true}, targetRef: {kind: Pod, namespace: shop, name: b, uid: b}}
            """);

    private final CapacityChanges changes = new CapacityChanges();

    private List<String> notes(String declared) {
        Service service = Fixtures.service("web", "gw");
        service.getMetadata().setLabels(Map.of(Names.GATEWAY_LABEL, "gw", Names.MAX_ENDPOINTS_LABEL, declared));
        List<GatewayDecision> decisions = GatewayDecision.all(
                new Cluster(List.of(), List.of(Fixtures.gateway("gw")), List.of(), List.of(), List.of(service)));
        return changes.look(decisions, List.of(TWO_TARGETS)).stream()
                .map(CapacityChanges.Change::note)
                .toList();
    }

    @Test
    void a_change_is_told_once_with_the_share_of_flows_that_moves() {
        assertThat(notes("16")).as("seen for the first time").isEmpty();
        assertThat(notes("10"))
                .containsExactly(
                        "l-3-4-gateway-api-poc/service-max-endpoints of Service web is 10 and was 16: no flow moves");
        assertThat(notes("100"))
                .singleElement()
                .asString()
                .matches(".* is 100 and was 10: slots are dealt anew, (4[5-9]|5[0-5]) % of new flows go to another.*");
        assertThat(notes("100")).isEmpty();
        assertThat(notes("many")).as("the default stands for it").isEmpty();
        assertThat(notes("2000")).singleElement().asString().contains("is 1024 and was 100: slots are dealt anew");
    }
}
