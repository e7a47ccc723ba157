// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.inputs;
import static org.l34gateway.gateway.plan.Fixtures.router;
import static org.l34gateway.gateway.plan.Fixtures.vips;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.Report;
import org.l34gateway.bird.AutonomousSystem;
import org.l34gateway.bird.Bfd;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.bird.HoldTime;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;

class WantedTest {
    @Test
    void a_vip_is_served_when_a_target_of_a_backend_holds_it() {
        Wanted wanted = Wanted.of(
                SELF, inputs(Map.of("a", List.of("20.0.0.1/32", "2000::1/128"), "b", List.of("20.0.0.1/32"))));
        assertThat(wanted.servedVips()).isEqualTo(vips("20.0.0.1", "2000::1"));
    }

    @Test
    void a_masked_address_takes_the_vips_of_its_family_from_all_targets_and_nothing_else() {
        Wanted wanted = Wanted.of(
                SELF,
                inputs(new TreeMap<>(Map.of("a", List.of("20.0.0.1/32", "2000::1/128"), "b", List.of("40.0.0.1/32")))));
        Wanted left = wanted.without(Fixtures.addresses("169.111.100.100"));
        assertThat(left.servedVips()).isEqualTo(vips("40.0.0.1", "2000::1"));
        assertThat(left.program().groups().getFirst().targets())
                .extracting(Target::identifier)
                .containsExactly(0, 1);
        assertThat(left.podUids()).isEqualTo(wanted.podUids());
        assertThat(wanted.without(Set.of())).isEqualTo(wanted);
    }

    @Test
    void targets_are_probed_in_the_families_of_their_vips_that_this_pod_has_an_address_of() {
        Wanted wanted = Wanted.of(
                SELF,
                inputs(new TreeMap<>(Map.of("a", List.of("20.0.0.1/32", "2000::1/128"), "b", List.of("40.0.0.1/32")))));
        assertThat(wanted.probed(Fixtures.addresses("169.111.100.9", "fd00::9")))
                .containsExactly(
                        entry(IpAddress.parse("169.111.100.100"), "uid-a"),
                        entry(IpAddress.parse("169.111.100.101"), "uid-b"),
                        entry(IpAddress.parse("fd00::1:0"), "uid-a"));
        assertThat(wanted.probed(Fixtures.addresses("fd00::9")))
                .containsExactly(entry(IpAddress.parse("fd00::1:0"), "uid-a"));
    }

    @Test
    void a_pod_that_terminates_and_serves_is_a_target_that_drains() {
        Inputs two = inputs(new TreeMap<>(Map.of("a", List.of("20.0.0.1/32"), "b", List.of("20.0.0.1/32"))));
        Wanted wanted = Wanted.of(SELF, Fixtures.draining(two, "a"));
        assertThat(wanted.program().groups().getFirst().targets())
                .extracting(Target::draining)
                .containsExactly(true, false);
        assertThat(wanted.draining()).isEqualTo(Fixtures.addresses("169.111.100.100", "fd00::1:0"));
        assertThat(wanted.probed(Fixtures.addresses("169.111.100.9")))
                .as("it is watched on")
                .hasSize(2);
        assertThat(wanted.without(Fixtures.addresses("169.111.100.101")).servedVips())
                .as("the only one that is left")
                .isEqualTo(vips("20.0.0.1"));
        assertThat(wanted.without(Fixtures.addresses("169.111.100.100")).draining())
                .as("left out, it drains on")
                .isEqualTo(wanted.draining());
    }

    @Test
    void answers_are_carried_for_every_vip_of_an_accepted_route_without_any_target() {
        Wanted wanted = Wanted.of(SELF, inputs(Map.of()));
        assertThat(wanted.servedVips()).isEmpty();
        assertThat(wanted.answerVips()).isEqualTo(vips(Fixtures.VIPS.toArray(String[]::new)));
    }

    @Test
    void a_vip_in_which_this_pod_or_a_router_is_is_not_carried_out_and_that_is_told() {
        Wanted wanted = Wanted.of(
                SELF, inputs(Map.of("a", Fixtures.VIPS), router("near", "address: '2000::1', interface: net1")));
        Wanted left = wanted.withoutVipsAround(Fixtures.addresses("40.0.0.1", "10.0.0.1"));
        assertThat(left.servedVips()).isEqualTo(vips("20.0.0.1", "4000::1"));
        assertThat(left.answerVips()).isEqualTo(vips("20.0.0.1", "4000::1"));
        assertThat(left.problems())
                .extracting(Report.Problem::message)
                .containsExactly(
                        "VIP 40.0.0.1/32 is not carried out: 40.0.0.1 is an address of the gateway pod or of a router",
                        "VIP 2000::1/128 is not carried out: 2000::1 is an address of the gateway pod or of a router");
        assertThat(wanted.withoutVipsAround(Fixtures.addresses("40.0.0.2")).answerVips())
                .isEqualTo(vips("20.0.0.1", "40.0.0.1", "4000::1"));
    }

    @Test
    void nothing_is_wanted_by_a_gateway_that_is_gone_or_was_made_anew() {
        Inputs inputs = inputs(Map.of("a", List.of("20.0.0.1/32")));
        AgentIdentity ofTheOldOne = new AgentIdentity("shop", "gw", "uid-of-before", "gw-0", "uid-gw-0", "node-a");
        for (Wanted wanted : List.of(Wanted.of(SELF, Fixtures.without(inputs)), Wanted.of(ofTheOldOne, inputs))) {
            assertThat(wanted.program()).isEqualTo(ForwardingProgram.empty(0));
            assertThat(wanted.answerVips()).isEmpty();
            assertThat(wanted.neighbours()).isEmpty();
            assertThat(wanted.gateway().name()).isEqualTo("gw");
        }
        assertThat(Wanted.of(new AgentIdentity("shop", "gw", "uid-gw", "gw-0", "uid-gw-0", "node-a"), inputs)
                        .servedVips())
                .isNotEmpty();
    }

    @Test
    void every_value_of_a_router_reaches_bird_and_what_is_not_given_has_the_references_default() {
        Wanted wanted = Wanted.of(
                SELF,
                inputs(
                        Map.of(),
                        router(
                                "given",
                                "address: 10.9.0.1, interface: net1, bgp: {localASN: 65001, remoteASN: 4294967295, holdTime: 24s, bfd: {switch: true, minTx: 300ms, multiplier: 5}}"),
                        router("usual", "address: 10.9.0.2, interface: net1")));
        BgpNeighbour given = wanted.neighbours().getFirst();
        assertThat(given.name()).isEqualTo("shop/given");
        assertThat(given.local().system()).isEqualTo(new AutonomousSystem(65001));
        assertThat(given.local().port()).isEqualTo(10179);
        assertThat(given.remote().system()).isEqualTo(new AutonomousSystem(4294967295L));
        assertThat(given.holdTime()).isEqualTo(new HoldTime(24));
        assertThat(given.bfd()).isEqualTo(new Bfd.On(null, Duration.ofMillis(300), 5));
        BgpNeighbour usual = wanted.neighbours().getLast();
        assertThat(usual.remote().system()).isEqualTo(AutonomousSystem.DEFAULT_REMOTE);
        assertThat(usual.holdTime()).isEqualTo(HoldTime.DEFAULT);
        assertThat(usual.bfd()).isEqualTo(new Bfd.Off());
        assertThat(wanted.problems()).isEmpty();
    }

    @Test
    void a_router_that_bird_can_not_take_is_a_problem_and_the_others_go_on() {
        Wanted wanted = Wanted.of(
                SELF,
                inputs(
                        Map.of(),
                        router("a-good", "address: 10.9.0.1, interface: net1"),
                        router("b-same-place", "address: 10.9.0.1, interface: net1"),
                        router("c-multicast", "address: 224.0.0.5, interface: net1"),
                        router("d-quote", "address: 10.9.0.4, interface: 'net\"1'"),
                        router("e-good", "address: 10.9.0.1, interface: net3")));
        assertThat(wanted.neighbours()).extracting(BgpNeighbour::name).containsExactly("shop/a-good", "shop/e-good");
        assertThat(wanted.problems())
                .extracting(Report.Problem::name, Report.Problem::reason)
                .containsExactly(
                        tuple("b-same-place", "Conflicted"),
                        tuple("c-multicast", "Invalid"),
                        tuple("d-quote", "Invalid"));
        assertThat(wanted.links().external()).containsExactly("net1", "net3");
    }

    @Test
    void the_internal_side_is_what_multus_attached_for_the_gateways_networks() {
        PodLinks links = Wanted.of(SELF, inputs(Map.of())).links();
        assertThat(links.internal()).containsExactly("net2");
        assertThat(links.addresses()).isEqualTo(Fixtures.addresses("169.111.100.9", "fd00::9"));
        assertThat(links.problem()).isNull();
    }

    @Test
    void an_interface_that_is_not_there_is_a_problem_of_its_router_only() {
        Wanted wanted = Wanted.of(
                        SELF,
                        inputs(
                                Map.of(),
                                router("here", "address: 10.9.0.1, interface: net1"),
                                router("typo", "address: 10.9.0.2, interface: net7")))
                .withMissing(Set.of("lo", "net1"));
        assertThat(wanted.neighbours()).hasSize(2);
        assertThat(wanted.problems())
                .extracting(Report.Problem::name, Report.Problem::reason)
                .containsExactly(tuple("typo", "InterfaceMissing"));
    }

    @Test
    void only_addresses_that_multus_gave_and_the_kernel_has_there_are_usable() {
        PodLinks links = Wanted.of(SELF, inputs(Map.of())).links();
        assertThat(links.usable(Map.of(
                        "net2", Fixtures.addresses("169.111.100.9", "169.111.100.77"),
                        "net1", Fixtures.addresses("fd00::9"))))
                .isEqualTo(Fixtures.addresses("169.111.100.9"));
    }

    @Test
    void an_internal_side_that_is_not_known_is_a_problem() {
        Inputs inputs = inputs(Map.of());
        for (String status :
                List.of("", "not JSON", "[]", "[{\"name\":\"shop/macvlan-nad-2\",\"ips\":[\"10.0.0.1\"]}]")) {
            Wanted wanted = Wanted.of(
                    SELF, new Inputs(inputs.cluster(), inputs.slices(), Fixtures.self(status), List.of(), List.of()));
            assertThat(wanted.links().internal()).as(status).isEmpty();
            assertThat(wanted.problems())
                    .as(status)
                    .extracting(Report.Problem::reason)
                    .containsExactly("NetworkStatus");
        }
        assertThat(Wanted.of(SELF, new Inputs(inputs.cluster(), inputs.slices(), null, List.of(), List.of()))
                        .problems())
                .extracting(Report.Problem::message)
                .containsExactly("the API server does not show this pod yet");
    }
}
