// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.neighbour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.linux.neighbour.Wire.V4;
import static org.l34gateway.linux.neighbour.Wire.V6;
import static org.l34gateway.linux.neighbour.Wire.link;
import static org.l34gateway.linux.neighbour.Wire.wire;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.Rtnetlink;

/** A gateway (the test's namespace) with a wire to a target (another one). */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NeighbourResolutionKernelTest {
    private static final IpAddress NOBODY = IpAddress.parse("10.1.0.9");

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void a_target_that_answers_is_known_without_a_packet(String text, ScratchNetns target) {
        IpAddress address = IpAddress.parse(text);
        try (NetlinkSocket socket = wire(target)) {
            Rtnetlink kernel = new Rtnetlink(socket);
            int net1 = link(kernel, "net1");
            NeighbourResolution.await(kernel, net1, List.of(address));
            Neighbour known = Objects.requireNonNull(kernel.neighbour(net1, address));
            assertThat(known.isUsable()).isTrue();
            assertThat(known.mac()).isEqualTo(target.link("net1").mac());
        }
    }

    @Test
    void one_that_does_not_answer_keeps_none_of_the_others_from_being_asked(ScratchNetns target) {
        try (NetlinkSocket socket = wire(target)) {
            Rtnetlink kernel = new Rtnetlink(socket);
            int net1 = link(kernel, "net1");
            NeighbourResolution.await(kernel, net1, List.of(NOBODY, IpAddress.parse(V4), IpAddress.parse(V6)));
            assertThat(kernel.neighbour(net1, NOBODY))
                    .satisfiesAnyOf(
                            entry -> assertThat(entry).isNull(),
                            entry -> assertThat(entry.isUsable()).isFalse());
            for (String text : List.of(V4, V6)) {
                assertThat(kernel.neighbour(net1, IpAddress.parse(text)))
                        .as(text)
                        .matches(Neighbour::isUsable);
            }
        }
    }

    @Test
    void without_an_interface_nobody_is_waited_for() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            Rtnetlink kernel = new Rtnetlink(socket);
            NeighbourResolution.await(kernel, 4_711, List.of(NOBODY));
            assertThat(kernel.neighbours()).isEmpty();
        }
    }
}
