// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Backend;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Protocol;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

class ContinuityTest {
    private static final IpPrefix VIP = IpPrefix.parse("20.0.0.1/32");
    private static final IpPrefix OTHER = IpPrefix.parse("40.0.0.1/32");
    private static final long BEGIN = 1_000;

    private final Continuity before =
            Continuity.NOTHING.next(program("b", group("b", "20.0.0.1/32"), group("c")), BEGIN);

    @Test
    void a_program_that_serves_its_vips_is_carried_out_as_it_is() {
        ForwardingProgram wanted = program("c", group("b"), group("c", "20.0.0.1/32"));
        assertThat(before.next(wanted, BEGIN)).isEqualTo(new Continuity(wanted, Map.of()));
    }

    @Test
    void a_vip_goes_on_as_before_until_a_new_target_holds_it() {
        ForwardingProgram wanted = program("c", group("b"), group("c"));
        Continuity next = before.next(wanted, BEGIN).next(wanted, BEGIN + 1);
        assertThat(next.last().servedVips()).containsExactly(VIP);
        assertThat(backendsOf(next, VIP)).containsExactly("b");
        assertThat(backendsOf(next, OTHER)).containsExactly("c");
        assertThat(next.last().flows())
                .hasSize(2)
                .allMatch(flow -> Continuity.route(flow).equals("ns/route"));

        ForwardingProgram arrived = program("c", group("b"), group("c", "20.0.0.1/32"));
        assertThat(next.next(arrived, BEGIN + 2).last()).isEqualTo(arrived);
    }

    @Test
    void an_address_that_gets_a_route_of_its_own_stays_with_its_prefix_until_a_new_target_holds_it() {
        IpPrefix prefix = IpPrefix.parse("20.0.0.0/24");
        Flow wide = flow("b", List.of(prefix));
        Flow narrow = flow("c", List.of(VIP)).to("ns/narrow", List.of(VIP), List.of(new Backend("c", 1)));
        Continuity whole = Continuity.NOTHING.next(
                new ForwardingProgram(1, List.of(group("b", "20.0.0.0/24"), group("c")), List.of(wide)), BEGIN);
        ForwardingProgram wanted =
                new ForwardingProgram(1, List.of(group("b", "20.0.0.0/24"), group("c")), List.of(narrow, wide));
        Continuity next = whole.next(wanted, BEGIN).next(wanted, BEGIN + 1);
        assertThat(next.last().servedVips()).containsExactly(prefix, VIP);
        assertThat(backendsOf(next, VIP)).containsExactly("b");

        ForwardingProgram arrived = new ForwardingProgram(
                1, List.of(group("b", "20.0.0.0/24"), group("c", "20.0.0.1/32")), List.of(narrow, wide));
        assertThat(next.next(arrived, BEGIN + 2).last()).isEqualTo(arrived);
    }

    @Test
    void patience_ends() {
        ForwardingProgram wanted = program("c", group("b"), group("c"));
        Continuity waiting = before.next(wanted, BEGIN);
        long late = BEGIN + Continuity.PATIENCE.toNanos();
        assertThat(waiting.next(wanted, late - 1).last().servedVips()).containsExactly(VIP);
        assertThat(waiting.next(wanted, late).last()).isEqualTo(wanted);
    }

    @Test
    void targets_that_are_gone_or_moved_do_not_go_on() {
        ForwardingProgram without = program("c", new TargetGroup("b", "ns/b", 8, List.of()), group("c"));
        assertThat(before.next(without, BEGIN).last()).isEqualTo(without);
        Target elsewhere = new Target(0, "ns/b-0", List.of(IpAddress.parse("10.9.9.9")), Set.of());
        ForwardingProgram moved = program("c", new TargetGroup("b", "ns/b", 8, List.of(elsewhere)), group("c"));
        assertThat(before.next(moved, BEGIN).last()).isEqualTo(moved);
    }

    @Test
    void a_vip_that_no_route_has_any_more_ends_at_once() {
        ForwardingProgram wanted =
                new ForwardingProgram(1, List.of(group("b"), group("c")), List.of(flow("c", List.of(OTHER))));
        assertThat(before.next(wanted, BEGIN).last()).isEqualTo(wanted);
    }

    @Test
    void a_service_that_is_gone_ends_at_once() {
        ForwardingProgram wanted = program("c", group("c"));
        assertThat(before.next(wanted, BEGIN).last()).isEqualTo(wanted);
    }

    private static List<String> backendsOf(Continuity continuity, IpPrefix vip) {
        return continuity.last().flows().stream()
                .filter(flow -> flow.destinations().contains(vip))
                .flatMap(flow -> flow.backends().stream())
                .map(Backend::group)
                .toList();
    }

    private static ForwardingProgram program(String backend, TargetGroup... groups) {
        return new ForwardingProgram(1, List.of(groups), List.of(flow(backend, List.of(VIP, OTHER))));
    }

    private static Flow flow(String backend, List<IpPrefix> vips) {
        return new Flow(
                "ns/route",
                1,
                vips,
                List.of(),
                List.of(),
                List.of(),
                Set.of(Protocol.TCP),
                List.of(new Backend(backend, 1)));
    }

    /** With one target, which holds these VIPs. */
    private static TargetGroup group(String key, String... vips) {
        Set<IpPrefix> held = new TreeSet<>();
        Arrays.stream(vips).map(IpPrefix::parse).forEach(held::add);
        IpAddress address = IpAddress.parse(key.equals("b") ? "10.8.0.1" : "10.8.0.2");
        return new TargetGroup(key, "ns/" + key, 8, List.of(new Target(0, "ns/" + key + "-0", List.of(address), held)));
    }
}
