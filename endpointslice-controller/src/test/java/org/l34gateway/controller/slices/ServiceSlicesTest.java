// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.l34gateway.api.Names;
import org.l34gateway.api.SliceTargets;
import org.l34gateway.controller.Fixtures;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.ServiceDecision;

class ServiceSlicesTest {
    private static final AnswerGate.Look OPEN = new AnswerGate.Look(
            AnswerGate.NEW,
            new TreeSet<>(List.of(IpPrefix.parse("20.0.0.1/32"))),
            Set.of(IpFamily.IPV4),
            List.of(),
            Duration.ZERO);

    private static GatewayDecision decide(Service service, String... vips) {
        return Fixtures.decision(
                Fixtures.gateway("gw"),
                vips.length == 0 ? List.of() : List.of(Fixtures.route("r", "gw", "web", vips)),
                service);
    }

    private static ServiceSlices slices(GatewayDecision decision, List<Pod> pods, List<EndpointSlice> present) {
        ServiceDecision service = decision.services().getFirst();
        var around = new ServiceSlices.Surroundings(
                decision.ref(),
                decision.networks(),
                pods,
                Map.of("node-a", Fixtures.node("node-a", "boot-1")),
                Map.of(
                        "node-a",
                        Fixtures.nodeReport(
                                "node-a",
                                "boot-1",
                                Fixtures.holds("one", "10.0.0.9", "gw", "20.0.0.1/32", "169.222.100.1"))),
                OPEN);
        return ServiceSlices.decide(service, around, present);
    }

    private static SliceTargets targets(EndpointSlice slice) {
        return ServiceSlices.targetsOf(slice);
    }

    @Test
    void a_slice_says_everything_that_kubernetes_and_gateway_pods_need() {
        ServiceSlices decided = slices(
                decide(Fixtures.service("web", "gw"), "20.0.0.1/32"),
                List.of(Fixtures.target("one", "web", "fd00::5", "169.222.100.5")),
                List.of());
        assertThat(decided.slices()).hasSize(2);
        EndpointSlice v4 = decided.slices().getFirst();
        EndpointSlice wanted = Fixtures.read(EndpointSlice.class, """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: web-ipv4
                  namespace: shop
                  labels:
                    kubernetes.io/service-name: web
                    endpointslice.kubernetes.io/managed-by: l34-gateway
                    service.kubernetes.io/service-proxy-name: gw
                    service.kubernetes.io/headless: ""
                  annotations:
                    l-3-4-gateway-api-poc/targets: '{"revision":1,"targets":[{"uid":"uid-one","id":0,"vips":["20.0.0.1/32"]}]}'
                  ownerReferences:
                  - {apiVersion: v1, kind: Service, name: web, uid: uid-web, controller: true}
                addressType: IPv4
                endpoints:
                - addresses: [169.222.100.5]
                  conditions: {ready: true, serving: true, terminating: false}
                  nodeName: node-a
                  targetRef: {kind: Pod, namespace: shop, name: one, uid: uid-one}
                """);
        wanted.getMetadata().setUid(null);
        assertThat(v4).isEqualTo(wanted);
        EndpointSlice v6 = decided.slices().getLast();
        assertThat(v6.getMetadata().getName()).isEqualTo("web-ipv6");
        assertThat(v6.getEndpoints().getFirst().getAddresses()).containsExactly("fd00::5");
        assertThat(targets(v6)).isEqualTo(targets(v4));
        assertThat(decided.targets()).extracting(ServiceSlices.Target::attached).containsExactly(true);
    }

    @Test
    void both_slices_are_there_also_without_any_target() {
        ServiceSlices decided = slices(decide(Fixtures.service("web", "gw")), List.of(), List.of());
        assertThat(decided.slices()).extracting(s -> s.getMetadata().getName()).containsExactly("web-ipv4", "web-ipv6");
        assertThat(decided.slices()).allMatch(slice -> slice.getEndpoints().isEmpty());
    }

    @Test
    void conditions_are_those_of_kubernetes() {
        Pod notReady = new PodBuilder(Fixtures.target("b", "web", "169.222.100.6"))
                .editStatus()
                .withConditions()
                .endStatus()
                .build();
        Pod leaving = new PodBuilder(Fixtures.target("c", "web", "169.222.100.7"))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
        Pod ended = new PodBuilder(Fixtures.target("d", "web", "169.222.100.8"))
                .editStatus()
                .withPhase("Succeeded")
                .endStatus()
                .build();
        Service service = Fixtures.service("web", "gw");
        List<Pod> pods = List.of(notReady, leaving, ended);
        assertThat(flags(slices(decide(service), pods, List.of())))
                .containsExactly("false false false", "false true true");
        Service publishing = new ServiceBuilder(service)
                .editSpec()
                .withPublishNotReadyAddresses(true)
                .endSpec()
                .build();
        assertThat(flags(slices(decide(publishing), pods, List.of())))
                .containsExactly("true false false", "true true true");
    }

    /** The node lifecycle controller sets Ready to False and leaves the rest, the kubelet's own, as it is. */
    @ParameterizedTest
    @CsvSource({"True, True, true", "True, False, false", "False, True, false", "True, Unknown, false"})
    void a_pod_of_a_silent_node_is_ready_as_long_as_its_kubelet_last_said_so(
            String containers, String gate, boolean ready) {
        Pod pod = new PodBuilder(Fixtures.target("b", "web", "169.222.100.6"))
                .editSpec()
                .addNewReadinessGate(Names.ATTACHED_CONDITION)
                .endSpec()
                .editStatus()
                .withConditions(
                        condition("Ready", "False"),
                        condition("ContainersReady", containers),
                        condition(Names.ATTACHED_CONDITION, gate))
                .endStatus()
                .build();
        assertThat(flags(slices(decide(Fixtures.service("web", "gw")), List.of(pod), List.of())))
                .containsExactly(ready + " " + ready + " false");
    }

    private static PodCondition condition(String type, String status) {
        return new PodConditionBuilder().withType(type).withStatus(status).build();
    }

    private static List<String> flags(ServiceSlices decided) {
        return decided.slices().getFirst().getEndpoints().stream()
                .map(e -> e.getConditions().getReady() + " " + e.getConditions().getServing() + " "
                        + e.getConditions().getTerminating())
                .toList();
    }

    @Test
    void an_empty_selector_selects_nothing_and_the_dummy_entry_is_no_label() {
        Service all = new ServiceBuilder(Fixtures.service("web", "gw"))
                .editSpec()
                .withSelector(Map.of(Names.DUMMY_SELECTOR, "true"))
                .endSpec()
                .build();
        List<Pod> pods = List.of(Fixtures.target("one", "web", "169.222.100.5"));
        assertThat(slices(decide(all), pods, List.of()).targets()).isEmpty();
        assertThat(all.getSpec().getSelector())
                .as("D10: the cache's object is not changed")
                .hasSize(1);
        assertThat(slices(decide(Fixtures.service("web", "gw")), pods, List.of())
                        .targets())
                .hasSize(1);
    }

    @Test
    void a_target_that_loses_its_address_for_a_while_keeps_its_identifier() {
        GatewayDecision decision = decide(Fixtures.service("web", "gw"));
        Pod one = Fixtures.target("one", "web", "169.222.100.5");
        Pod two = Fixtures.target("two", "web", "169.222.100.6");
        List<EndpointSlice> before =
                slices(decision, List.of(one, two), List.of()).slices();
        Pod lost = new PodBuilder(two)
                .editMetadata()
                .withAnnotations(Map.of())
                .endMetadata()
                .build();
        ServiceSlices decided = slices(decision, List.of(one, lost), before);
        assertThat(decided.slices().getFirst().getEndpoints()).hasSize(1);
        assertThat(targets(decided.slices().getFirst())).isEqualTo(targets(before.getFirst()));
        Pod fresh = new PodBuilder(lost)
                .editMetadata()
                .withUid("uid-new")
                .endMetadata()
                .build();
        assertThat(slices(decision, List.of(one, fresh), List.of()).targets()).hasSize(1);
    }

    @Test
    void who_changes_its_family_or_whose_slice_was_defaced_keeps_its_identifier() {
        GatewayDecision decision = decide(Fixtures.service("web", "gw"));
        Pod zero = Fixtures.target("alpha", "web", "169.222.100.4");
        Pod one = Fixtures.target("one", "web", "169.222.100.5");
        Pod moved = Fixtures.target("one", "web", "fd00::5");
        EndpointSlice v4 =
                slices(decision, List.of(zero, one), List.of()).slices().getFirst();
        EndpointSlice v6 =
                slices(decision, List.of(zero, one), List.of()).slices().getLast();
        SliceTargets before = targets(v4);
        EndpointSlice written =
                slices(decision, List.of(moved), List.of(v4, v6)).slices().getFirst();
        assertThat(targets(slices(decision, List.of(moved), List.of(written, v6))
                                .slices()
                                .getFirst())
                        .targets())
                .as("the writer died after the first slice, in which the target has no address any more")
                .containsExactly(before.targets().getLast());
        EndpointSlice defaced = new EndpointSliceBuilder(v4)
                .editMetadata()
                .withAnnotations(Map.of())
                .endMetadata()
                .build();
        assertThat(targets(slices(decision, List.of(zero, one), List.of(defaced, v6))
                        .slices()
                        .getFirst()))
                .isEqualTo(before);
    }

    @Test
    void an_unreadable_network_status_is_told_and_an_unreadable_annotation_is_repaired() {
        Pod odd = new PodBuilder(Fixtures.target("odd", "web", "1.1.1.1"))
                .editMetadata()
                .addToAnnotations(Names.MULTUS_NETWORK_STATUS, "{")
                .endMetadata()
                .build();
        GatewayDecision decision = decide(Fixtures.service("web", "gw"));
        ServiceSlices decided = slices(decision, List.of(odd), List.of());
        assertThat(decided.problems())
                .extracting(p -> p.pod().getMetadata().getName())
                .containsExactly("odd");

        EndpointSlice defaced = new EndpointSliceBuilder(decided.slices().getFirst())
                .editMetadata()
                .addToAnnotations(Names.TARGETS_ANNOTATION, "mine now")
                .endMetadata()
                .build();
        List<EndpointSlice> present = List.of(defaced, decided.slices().getLast());
        SlicePlan plan = SlicePlan.decide(slices(decision, List.of(), present).slices(), present);
        assertThat(plan.writes()).extracting(s -> s.getMetadata().getName()).contains("web-ipv4");
    }

    @Test
    void the_order_in_which_pods_arrive_changes_nothing_and_a_second_plan_is_empty() {
        GatewayDecision decision = decide(Fixtures.service("web", "gw"), "20.0.0.1/32");
        List<Pod> pods = new ArrayList<>(IntStream.range(0, 40)
                .mapToObj(i -> Fixtures.target("pod-" + i, "web", "169.222.101." + i))
                .toList());
        List<EndpointSlice> first = slices(decision, pods, List.of()).slices();
        Collections.shuffle(pods, new Random(1));
        List<EndpointSlice> second = slices(decision, pods, first).slices();
        assertThat(second).isEqualTo(first);
        SlicePlan plan = SlicePlan.decide(second, first);
        assertThat(plan.writes()).isEmpty();
        assertThat(plan.deletions()).isEmpty();
    }

    @Test
    void more_than_a_thousand_endpoints_are_split_and_surplus_slices_go() {
        Service large = new ServiceBuilder(Fixtures.service("web", "gw"))
                .editMetadata()
                .addToLabels(Names.MAX_ENDPOINTS_LABEL, "1024")
                .endMetadata()
                .build();
        List<Pod> pods = IntStream.range(0, 1_005)
                .mapToObj(i -> new PodBuilder(Fixtures.target("pod-" + i, "web", "10.1." + i / 250 + "." + i % 250))
                        .editMetadata()
                        .withUid(new UUID(7, i).toString())
                        .endMetadata()
                        .build())
                .toList();
        List<EndpointSlice> split = slices(decide(large), pods, List.of()).slices();
        assertThat(split)
                .extracting(
                        s -> s.getMetadata().getName() + " " + s.getEndpoints().size())
                .containsExactly("web-ipv4 1000", "web-ipv4-2 5", "web-ipv6 0", "web-ipv6-2 0");
        List<EndpointSlice> fewer =
                slices(decide(large), pods.subList(0, 900), split).slices();
        assertThat(SlicePlan.decide(fewer, split).deletions())
                .extracting(s -> s.getMetadata().getName())
                .containsExactly("web-ipv4-2", "web-ipv6-2");
    }

    @Test
    void targets_without_an_identifier_are_named_once_nothing_is_being_freed() {
        Service small = new ServiceBuilder(Fixtures.service("web", "gw"))
                .editMetadata()
                .addToLabels(Names.MAX_ENDPOINTS_LABEL, "1")
                .endMetadata()
                .build();
        List<Pod> pods =
                List.of(Fixtures.target("one", "web", "169.222.100.5"), Fixtures.target("two", "web", "169.222.100.6"));
        ServiceSlices decided = slices(decide(small), pods, List.of());
        assertThat(decided.leftOut()).containsExactly("shop/two");
        assertThat(slices(decide(small), List.of(pods.get(1)), decided.slices()).leftOut())
                .as("the identifier of the one that is gone becomes free with the next write")
                .isEmpty();
    }
}
