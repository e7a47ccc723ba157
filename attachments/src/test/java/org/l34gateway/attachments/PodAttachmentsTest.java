// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.attachments;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.api.Report;
import org.l34gateway.attachments.Attachment.Conflicted;
import org.l34gateway.attachments.Attachment.Wanted;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.routing.Cluster;
import org.l34gateway.routing.GatewayDecision;

class PodAttachmentsTest {
    private static final SortedSet<IpAddress> HOPS =
            new TreeSet<>(List.of(IpAddress.parse("169.222.100.1"), IpAddress.parse("fd00::1")));

    @Test
    void a_selected_pod_gets_the_vips_of_its_services_and_the_next_hops() {
        assertThat(attachments(pod(Map.of("app", "svc")), gateway("gw", 1), route("gw", "20.0.0.1/32")))
                .containsExactly(new Wanted(
                        new Report.ObjectRef("shop", "gw", "uid-gw"),
                        new TreeSet<>(List.of(IpPrefix.parse("20.0.0.1"))),
                        HOPS));
    }

    @Test
    void other_pods_other_namespaces_and_host_network_pods_get_nothing() {
        assertThat(attachments(pod(Map.of("app", "x")), gateway("gw", 1), route("gw", "20.0.0.1/32")))
                .isEmpty();
        Pod hostNetwork = pod(Map.of("app", "svc"));
        hostNetwork.getSpec().setHostNetwork(true);
        assertThat(attachments(hostNetwork, gateway("gw", 1), route("gw", "20.0.0.1/32")))
                .isEmpty();
        var decisions = decisions(List.of(gateway("gw", 1)), List.of(route("gw", "20.0.0.1/32")));
        assertThat(PodAttachments.of(pod(Map.of("app", "svc")), "elsewhere", decisions, _ -> HOPS))
                .isEmpty();
        assertThat(PodAttachments.missedInHostNetwork(hostNetwork, decisions)).containsExactly("gw");
        assertThat(PodAttachments.missedInHostNetwork(pod(Map.of("app", "svc")), decisions))
                .isEmpty();
        Pod unselected = pod(Map.of("app", "x"));
        unselected.getSpec().setHostNetwork(true);
        assertThat(PodAttachments.missedInHostNetwork(unselected, decisions)).isEmpty();
    }

    @Test
    void a_vip_of_two_gateways_stays_with_the_older_one() {
        var decisions = decisions(
                List.of(gateway("young", 2), gateway("old", 1)),
                List.of(route("young", "20.0.0.1/32"), route("old", "20.0.0.1/32")));
        List<Attachment> attachments = PodAttachments.of(pod(Map.of("app", "svc")), "shop", decisions, _ -> HOPS);
        assertThat(attachments).hasSize(2);
        assertThat(attachments.get(0)).isInstanceOf(Wanted.class);
        assertThat(attachments.get(1))
                .isEqualTo(new Conflicted(
                        new Report.ObjectRef("shop", "young", "uid-young"),
                        new TreeSet<>(List.of(IpPrefix.parse("20.0.0.1"))),
                        new Report.ObjectRef("shop", "old", "uid-old")));
    }

    @ParameterizedTest
    @CsvSource({"20.0.0.0/24, 20.0.0.7/32", "20.0.0.7/32, 20.0.0.0/24", "20.0.0.0/16, 20.0.0.0/24"})
    void vips_of_two_gateways_that_overlap_stay_with_the_older_one(String older, String younger) {
        var decisions = decisions(
                List.of(gateway("young", 2), gateway("old", 1)), List.of(route("young", younger), route("old", older)));
        List<Attachment> attachments = PodAttachments.of(pod(Map.of("app", "svc")), "shop", decisions, _ -> HOPS);
        assertThat(attachments.get(0)).isInstanceOf(Wanted.class);
        assertThat(attachments.get(1))
                .isEqualTo(new Conflicted(
                        new Report.ObjectRef("shop", "young", "uid-young"),
                        new TreeSet<>(List.of(IpPrefix.parse(younger))),
                        new Report.ObjectRef("shop", "old", "uid-old")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "macvlan-nad-2@net2", "[{\"name\":\"vip\",\"cni-args\":{\"vip\":\"1.2.3.4/32\"}}]"})
    void injection_keeps_what_is_there_and_changes_nothing_the_second_time(String annotation) throws FormatException {
        NetworkSelection present = NetworkSelection.parse(annotation);
        List<Attachment> wanted = attachments(pod(Map.of("app", "svc")), gateway("gw", 1), route("gw", "20.0.0.1/32"));
        NetworkSelection once = MultusElements.inject(present, wanted, "l34-system");
        assertThat(once.elements().subList(0, present.elements().size())).isEqualTo(present.elements());
        assertThat(once.elements()).hasSize(present.elements().size() + 2);
        assertThat(MultusElements.inject(NetworkSelection.parse(once.toAnnotation()), wanted, "l34-system"))
                .isEqualTo(once);
        assertThat(MultusElements.inject(once, List.of(), "l34-system")).isEqualTo(present);
    }

    @Test
    void the_elements_are_what_the_plugins_read() {
        List<Attachment> wanted = attachments(pod(Map.of("app", "svc")), gateway("gw", 1), route("gw", "20.0.0.1/32"));
        assertThat(MultusElements.inject(NetworkSelection.EMPTY, wanted, "l34-system")
                        .toAnnotation())
                .isEqualTo(
                        "[{\"name\":\"vip\",\"namespace\":\"l34-system\",\"interface\":\""
                                + MultusElements.vipInterface("shop", "gw")
                                + "\",\"cni-args\":{\"service.kubernetes.io/service-proxy-name\":\"gw\",\"vips\":[\"20.0.0.1/32\"]}},"
                                + "{\"name\":\"policy-route\",\"namespace\":\"l34-system\",\"interface\":\""
                                + MultusElements.policyRouteInterface("shop", "gw")
                                + "\",\"cni-args\":{\"service.kubernetes.io/service-proxy-name\":\"gw\","
                                + "\"gateways\":[\"169.222.100.1\",\"fd00::1\"],\"policyRoutes\":[{\"srcPrefix\":\"20.0.0.1/32\"}]}}]");
        assertThat(MultusElements.vipInterface("shop", "gw")).hasSize(15).matches("l34v[0-9a-f]{11}");
    }

    private static List<Attachment> attachments(Pod pod, Gateway gateway, L34Route route) {
        return PodAttachments.of(pod, "shop", decisions(List.of(gateway), List.of(route)), _ -> HOPS);
    }

    private static List<GatewayDecision> decisions(List<Gateway> gateways, List<L34Route> routes) {
        List<Service> services = gateways.stream()
                .map(gateway -> Serialization.unmarshal(
                        """
                        metadata:
                          {name: svc-%s, namespace: shop, uid: u-%s, labels: {service.kubernetes.io/service-proxy-name: %s}}
                        spec: {selector: {app: svc}}
                        """.replace("%s", gateway.getMetadata().getName()), Service.class))
                .toList();
        return GatewayDecision.all(new Cluster(List.of(), gateways, routes, List.of(), services));
    }

    private static Gateway gateway(String name, int day) {
        return Serialization.unmarshal("""
                metadata: {name: %s, namespace: shop, uid: uid-%s, creationTimestamp: "2026-01-0%dT00:00:00Z"}
                spec:
                  gatewayClassName: l-3-4-gateway-api-poc/stateless-load-balancer
                  infrastructure: {annotations: {l-3-4-gateway-api-poc/networks: '[{"name":"n"}]'}}
                  listeners: [{name: all, protocol: TCP, port: 4000}]
                """.formatted(name, name, day), Gateway.class);
    }

    private static L34Route route(String gateway, String vip) {
        return Serialization.unmarshal("""
                metadata: {name: r-%s, namespace: shop}
                spec:
                  parentRefs: [{name: %s}]
                  backendRefs: [{name: svc-%s, port: 1}]
                  destinationCIDRs: ['%s']
                  protocols: [TCP]
                  priority: 1
                """.formatted(gateway, gateway, gateway, vip), L34Route.class);
    }

    private static Pod pod(Map<String, String> labels) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .withNamespace("shop")
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();
    }
}
