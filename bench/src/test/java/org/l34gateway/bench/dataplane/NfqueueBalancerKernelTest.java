// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.l34gateway.bench.dataplane.Scenario.Match;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.testing.InScratchNetns;

@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NfqueueBalancerKernelTest {
    @Test
    void every_packet_goes_through_it_and_on_to_the_targets() {
        assumeThat(NfqueueBalancer.missing()).isEmpty();
        Traffic traffic =
                Traffic.of(Scenario.requests(IpFamily.IPV4, 1_000, 10)).sentAtOnce(64);
        Scenario scenario = Scenario.oneService(IpFamily.IPV4, 10, 20, Match.EXACT_PORT);
        try (Rig rig = new Rig();
                RawSender sender = rig.queueing(scenario, 997).requests(traffic)) {
            sender.send(rig::await);
            sender.send(rig::await);
            // The kernels at the ends say some words of their own.
            assertThat(rig.arrived()).isBetween(2_000L, 2_050L);
        }
    }
}
