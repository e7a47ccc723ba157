// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

class ForwardingProgramTest {
    private static final IpPrefix VIP = IpPrefix.parse("20.0.0.1");

    @Test
    void programs_of_the_same_parts_are_equal_in_any_order() {
        TargetGroup ab = new TargetGroup("b", "ns/b", 8, List.of(target(0), target(1)));
        TargetGroup ba = new TargetGroup("b", "ns/b", 8, List.of(target(1), target(0)));
        TargetGroup a = new TargetGroup("a", "ns/a", 8, List.of());
        assertThat(new ForwardingProgram(1, List.of(ba, a), List.of(flow("low", 1, "a"), flow("high", 2, "b"))))
                .isEqualTo(
                        new ForwardingProgram(1, List.of(a, ab), List.of(flow("high", 2, "b"), flow("low", 1, "a"))));
    }

    @Test
    void the_given_order_decides_among_equal_priorities() {
        TargetGroup a = new TargetGroup("a", "ns/a", 8, List.of());
        assertThat(new ForwardingProgram(
                                1, List.of(a), List.of(flow("z", 1, "a"), flow("a", 1, "a"), flow("m", 9, "a")))
                        .flows())
                .extracting(Flow::name)
                .containsExactly("m", "z", "a");
    }

    @Test
    void a_target_lists_ipv4_first_and_its_vips_in_order() {
        Target target = new Target(
                0,
                "ns/pod",
                List.of(IpAddress.parse("fd00::1"), IpAddress.parse("10.0.0.1")),
                Set.of(IpPrefix.parse("40.0.0.1"), VIP));
        assertThat(target.addresses()).hasToString("[10.0.0.1, fd00::1]");
        assertThat(target.vips()).hasToString("[20.0.0.1/32, 40.0.0.1/32]");
    }

    @Test
    void a_target_holds_what_is_in_its_prefixes() {
        Target target = new Target(0, "ns/pod", List.of(), Set.of(IpPrefix.parse("20.0.0.0/24"), VIP));
        assertThat(Stream.of("20.0.0.0/24", "20.0.0.7", "20.0.0.0/25", "20.0.0.1")
                        .map(IpPrefix::parse))
                .allMatch(target::holds);
        assertThat(Stream.of("20.0.0.0/23", "20.0.1.0", "fd20::1").map(IpPrefix::parse))
                .noneMatch(target::holds);
    }

    @Test
    void a_vip_is_served_by_targets_that_hold_a_prefix_around_it() {
        IpPrefix wide = IpPrefix.parse("20.0.0.0/24");
        TargetGroup group = new TargetGroup("a", "ns/a", 8, List.of(new Target(0, "ns/pod", List.of(), Set.of(wide))));
        assertThat(new ForwardingProgram(1, List.of(group), List.of(flow("ns/r", 1, "a"))).servedVips())
                .containsExactly(VIP);
    }

    static Stream<Named<Executable>> refused() {
        return Stream.of(
                Named.of("port above 65535", () -> PortRange.of(65_536)),
                Named.of("port range backwards", () -> new PortRange(2, 1)),
                Named.of("negative port", () -> new PortRange(-1, 1)),
                Named.of("negative weight", () -> new Backend("a", -1)),
                Named.of("weight above a million", () -> new Backend("a", 1_000_001)),
                Named.of("negative identifier", () -> target(-1)),
                Named.of(
                        "two addresses of a family",
                        () -> new Target(
                                0,
                                "ns/p",
                                List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.2")),
                                Set.of())),
                Named.of("capacity 0", () -> new TargetGroup("a", "ns/a", 0, List.of())),
                Named.of("capacity 1025", () -> new TargetGroup("a", "ns/a", 1_025, List.of())),
                Named.of("identifier at capacity", () -> new TargetGroup("a", "ns/a", 1, List.of(target(1)))),
                Named.of("identifier twice", () -> new TargetGroup("a", "ns/a", 8, List.of(target(1), target(1)))),
                Named.of(
                        "no destination",
                        () -> new Flow(
                                "ns/r",
                                1,
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                Set.of(Protocol.TCP),
                                List.of())),
                Named.of(
                        "no protocol",
                        () -> new Flow("ns/r", 1, List.of(VIP), List.of(), List.of(), List.of(), Set.of(), List.of())),
                Named.of(
                        "bytes of another protocol",
                        () -> new Flow(
                                "ns/r",
                                1,
                                List.of(VIP),
                                List.of(),
                                List.of(),
                                List.of(),
                                Set.of(Protocol.TCP, Protocol.UDP),
                                List.of(new ByteMatch(Protocol.TCP, 0, 1, 1, 1)),
                                List.of())),
                Named.of(
                        "packet without ports",
                        () -> new Packet(
                                VIP.address(), VIP.address(), Protocol.UDP.number(), TransportHeader.of(new byte[3]))),
                Named.of("backend twice", () -> flow("ns/r", 1, "a", "a")),
                Named.of("unknown group", () -> new ForwardingProgram(1, List.of(), List.of(flow("ns/r", 1, "a")))),
                Named.of(
                        "two flows of a name",
                        () -> new ForwardingProgram(1, List.of(), List.of(flow("ns/r", 1), flow("ns/r", 2)))),
                Named.of(
                        "two groups of a key",
                        () -> new ForwardingProgram(
                                1,
                                List.of(
                                        new TargetGroup("a", "x", 1, List.of()),
                                        new TargetGroup("a", "y", 1, List.of())),
                                List.of())));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refuses_what_can_not_be_forwarded(Executable making) {
        assertThatIllegalArgumentException().isThrownBy(making::execute);
    }

    private static Target target(int identifier) {
        return new Target(identifier, "ns/pod-" + identifier, List.of(), Set.of(VIP));
    }

    private static Flow flow(String name, int priority, String... groups) {
        List<Backend> backends =
                Stream.of(groups).map(group -> new Backend(group, 1)).toList();
        return new Flow(name, priority, List.of(VIP), List.of(), List.of(), List.of(), Set.of(Protocol.TCP), backends);
    }
}
