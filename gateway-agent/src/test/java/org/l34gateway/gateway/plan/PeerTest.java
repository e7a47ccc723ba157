// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.GATEWAY;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.gatewayPod;
import static org.l34gateway.gateway.plan.Fixtures.gatewayReport;

import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.ip.IpAddress;

class PeerTest {
    private static final IpAddress V4 = IpAddress.parse("169.111.100.100");
    private static final IpAddress V6 = IpAddress.parse("fd00::1:0");

    private static Peer only(String spec) {
        return Peer.of(SELF, GATEWAY, List.of(gatewayReport("gw-1", "uid-gw", spec)), List.of(gatewayPod("gw-1")))
                .getFirst();
    }

    @Test
    void reports_of_the_gateways_other_live_pods_count() {
        var finished = new PodBuilder(gatewayPod("gw-3"))
                .withNewStatus()
                .withPhase("Succeeded")
                .endStatus()
                .build();
        var anotherOfItsName = new PodBuilder(gatewayPod("gw-4"))
                .editMetadata()
                .withUid("young")
                .endMetadata()
                .build();
        var empty = new GatewayReport();
        empty.setMetadata(gatewayReport("gw-6", "uid-gw", "").getMetadata());
        var reports = List.of(
                gatewayReport("gw-1", "uid-gw", ""),
                gatewayReport("gw-0", "uid-gw", ""),
                gatewayReport("gw-2", "uid-of-before", ""),
                gatewayReport("gw-3", "uid-gw", ""),
                gatewayReport("gw-4", "uid-gw", ""),
                gatewayReport("gw-5", "uid-gw", ""),
                empty);
        var pods = List.of(
                gatewayPod("gw-0"),
                gatewayPod("gw-1"),
                gatewayPod("gw-2"),
                finished,
                anotherOfItsName,
                gatewayPod("gw-6"));
        assertThat(Peer.of(SELF, GATEWAY, reports, pods))
                .as("itself, of another Gateway, finished, another one of its name, gone, unreadable")
                .extracting(Peer::podUid)
                .containsExactly("uid-gw-1");
    }

    @Test
    void it_reaches_what_it_sends_packets_to_and_does_not_miss() {
        Peer peer = only("""
                targets: [{podUID: uid-a, vips: [20.0.0.1/32, '2000::1/128']}, {podUID: uid-b, vips: [20.0.0.1/32]}]
                unreachable: [{podUID: uid-a, addresses: ['fd00::1:0', no address]}]""");
        assertThat(peer.reaches("uid-a", V4)).isTrue();
        assertThat(peer.reaches("uid-a", V6)).isFalse();
        assertThat(peer.misses("uid-a", V6)).isTrue();
        assertThat(peer.misses("uid-b", V6))
                .as("another pod that has the address now")
                .isFalse();
        assertThat(peer.reaches("uid-b", V6)).as("it says nothing about it").isFalse();
        assertThat(peer.reaches("uid-c", V4)).isFalse();
    }
}
