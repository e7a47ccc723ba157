// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.l34gateway.lab.Golden.assertGolden;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.l34gateway.lab.process.Command;

class TopologyTest {

    @ParameterizedTest
    @EnumSource(Vlans.class)
    void wires_every_host_the_same_way_every_time(Vlans vlans) throws IOException {
        var topology = Topology.standard(vlans);
        var pids = new HashMap<String, Long>();
        for (String host : topology.names()) {
            pids.put(host, 1000L + pids.size());
        }
        var text = new StringBuilder("# fabric\n").append(topology.fabricBatch(pids));
        for (HostPlan host : topology.hosts()) {
            text.append("# ").append(host.name()).append('\n').append(host.linkBatch());
        }
        assertGolden("network-" + vlans.name().toLowerCase(Locale.ROOT) + ".txt", text.toString());
    }

    @ParameterizedTest
    @EnumSource(Vlans.class)
    void a_node_has_a_link_per_vlan_however_vlans_are_made(Vlans vlans) {
        for (HostPlan node : Topology.standard(vlans).withRole(Role.NODE)) {
            var links = new ArrayList<>(node.nics().stream().map(Nic::name).toList());
            links.addAll(node.tagged().stream().map(TaggedLink::name).toList());
            assertThat(links).contains("eth0", "net", "vlan100", "vlan200", "vlan300");
        }
    }

    @Test
    void names_of_links_fit_into_the_kernels_fifteen_characters() {
        for (Vlans vlans : Vlans.values()) {
            for (HostPlan host : Topology.standard(vlans).hosts()) {
                for (Nic nic : host.nics()) {
                    assertThat(nic.bridge() + "-" + host.name()).hasSizeLessThanOrEqualTo(15);
                }
            }
        }
    }

    @Test
    void only_nodes_and_routers_forward() {
        for (HostPlan host : Topology.standard(Vlans.BRIDGES).hosts()) {
            boolean forwards = host.sysctls().contains("net.ipv4.conf.all.forwarding=1");
            assertThat(forwards).as(host.name()).isEqualTo(host.role() == Role.NODE || host.role() == Role.ROUTER);
        }
    }

    @Test
    void a_vlan_id_outside_the_standard_is_refused() {
        assertThatThrownBy(() -> new TaggedLink("vlan0", "trunk", 4095, List.of()))
                .hasMessage("vlan id must be 1..4094, got 4095");
    }

    @Test
    void routers_talk_as_the_examples_expect() throws IOException {
        assertGolden("router.conf", RouterConfig.text());
    }

    @Test
    @Tag("kernel") // BIRD is among the packages of the lab
    void bird_takes_the_routers_configuration() {
        var bird = Command.of(
                "bird",
                "-p",
                "-c",
                Path.of("src/test/resources/golden/router.conf").toString());
        assertThat(bird.run().err()).isEmpty();
    }
}
