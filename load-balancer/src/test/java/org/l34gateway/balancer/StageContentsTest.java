// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.l34gateway.balancer.ebpf.Place;
import org.l34gateway.balancer.ebpf.StageContent;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.program.Backend;
import org.l34gateway.program.Flow;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.PortRange;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.TargetGroup;

class StageContentsTest {
    private static final IpPrefix VIP = IpPrefix.parse("20.0.0.1");
    private static final TargetGroup GROUP = Programs.group("uid-a", 8, Set.of(1, 2), "20.0.0.1", "fd20::1");
    private static final TargetGroup EMPTY = Programs.group("uid-b", 8, Set.of(), "20.0.0.1");

    @Test
    void a_port_that_one_backend_has_is_known_for_both_families() {
        Flow flow = Programs.flow("ns/r", 1, Set.of(Protocol.TCP, Protocol.SCTP), "uid-a", "20.0.0.1", "fd20::1");
        StageContent content = content(flow);
        assertThat(content.flows()).containsExactly("ns/r");
        assertThat(content.services().getOrDefault(IpFamily.IPV4, Map.of()))
                .containsOnlyKeys(service(Protocol.TCP, 4000), service(Protocol.SCTP, 4000));
        assertThat(content.services().getOrDefault(IpFamily.IPV6, Map.of())).hasSize(2);
        assertThat(place(content, Protocol.SCTP, 4000).onlyPorts()).isTrue();
        Place tcp = place(content, Protocol.TCP, 4000);
        assertThat(tcp.onlyPorts()).isFalse();
        assertThat(tcp.slots()).isEqualTo(1_021);
        assertThat(tcp.seed()).isEqualTo(FlowHash.of(Programs.SEED).seed());
    }

    @Test
    void what_needs_more_than_one_look_is_left_to_nftables() {
        Flow ranges = flow("ns/ranges", 1, List.of(), List.of(new PortRange(80, 90)), new Backend("uid-a", 1));
        Flow clients = flow(
                "ns/clients",
                1,
                List.of(IpPrefix.parse("30.0.0.0/8")),
                List.of(PortRange.of(100)),
                new Backend("uid-a", 1));
        Flow weights = flow(
                "ns/weights",
                1,
                List.of(),
                List.of(PortRange.of(110)),
                new Backend("uid-a", 1),
                new Backend("uid-b", 1));
        Flow nobody = flow("ns/nobody", 1, List.of(), List.of(PortRange.of(120)), new Backend("uid-b", 1));
        Flow one = flow("ns/one", 1, List.of(), List.of(PortRange.of(130)), new Backend("uid-a", 1));
        assertThat(content(ranges, clients, weights, nobody, one).services().getOrDefault(IpFamily.IPV4, Map.of()))
                .containsOnlyKeys(service(Protocol.TCP, 130));
    }

    @Test
    void a_vip_that_is_a_prefix_is_left_to_nftables() {
        Flow flow = Programs.flow("ns/r", 1, Set.of(Protocol.TCP), "uid-a", "20.0.0.0/24");
        assertThat(content(flow).services()).isEmpty();
        assertThat(content(flow).vips()).isEmpty();
    }

    @Test
    void answers_of_a_vip_do_not_ask_what_its_routes_look_at() {
        Flow ranges = flow("ns/ranges", 1, List.of(), List.of(new PortRange(80, 90)), new Backend("uid-a", 1));
        Flow nobody = Programs.flow("ns/nobody", 1, Set.of(Protocol.TCP), "uid-b", "20.0.0.2", "fd20::2");
        assertThat(content(ranges, nobody).vips())
                .isEqualTo(Map.of(
                        IpFamily.IPV4,
                        Set.of(IpAddress.parse("20.0.0.1"), IpAddress.parse("20.0.0.2")),
                        IpFamily.IPV6,
                        Set.of(IpAddress.parse("fd20::2"))));
    }

    @Test
    void the_flow_of_higher_priority_has_the_port() {
        Flow low = flow("ns/low", 1, List.of(), List.of(PortRange.of(80)), new Backend("uid-a", 1));
        Flow some = flow("ns/some", 2, List.of(IpPrefix.parse("30.0.0.0/8")), List.of(), new Backend("uid-a", 1));
        Flow high = flow("ns/high", 3, List.of(), List.of(PortRange.of(80)), new Backend("uid-a", 1));
        assertThat(content(low, some).services().getOrDefault(IpFamily.IPV4, Map.of()))
                .isEmpty();
        assertThat(place(content(low, some, high), Protocol.TCP, 80).flow()).isEqualTo("ns/high");
    }

    private static Flow flow(
            String name, int priority, List<IpPrefix> clients, List<PortRange> ports, Backend... backends) {
        return new Flow(
                name, priority, List.of(VIP), clients, List.of(), ports, Set.of(Protocol.TCP), List.of(backends));
    }

    private static StageContent content(Flow... flows) {
        ForwardingProgram program = new ForwardingProgram(Programs.SEED, List.of(GROUP, EMPTY), List.of(flows));
        Blueprint blueprint = new Blueprint(program.seed(), Testbed.INTERFACES.families(), Left.NOTHING);
        Marks.Change marks = blueprint.next(program, ClassifierTest.DEVICES, FastPath.ON, Map.of(), 1);
        StageContent content = new StageContents().next(blueprint, marks);
        assertThat(content.targets()).hasSize(4);
        return content;
    }

    private static Octets service(Protocol protocol, int port) {
        return Tables.key(VIP, new Service(protocol, port, 0));
    }

    private static Place place(StageContent content, Protocol protocol, int port) {
        Place place = content.services().getOrDefault(IpFamily.IPV4, Map.of()).get(service(protocol, port));
        return Objects.requireNonNull(place);
    }
}
