// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.lab.Golden.assertGolden;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.l34gateway.lab.topology.Topology;
import org.l34gateway.lab.topology.Vlans;

class NodeFilesTest {
    private static final LabFiles FILES = new LabFiles(Path.of("/LAB"));

    @Test
    void the_kubelet_is_configured_for_a_node_in_a_namespace() throws IOException {
        assertGolden("kubelet.yaml", NodeFiles.kubelet("node1", "l34-lab-node1", FILES));
    }

    @Test
    void the_kubelet_allows_no_unsafe_sysctl() {
        assertThat(NodeFiles.kubelet("node1", "l34-lab-node1", FILES))
                .doesNotContainIgnoringCase("allowedUnsafeSysctls");
    }

    @Test
    void containerd_uses_the_usual_folders() throws IOException {
        assertGolden("containerd.toml", NodeFiles.containerd("overlayfs"));
    }

    @Test
    void multus_is_thin_on_one_node_and_thick_on_the_other() throws IOException {
        assertGolden("multus-thin.json", NodeFiles.multusThin("node1"));
        assertGolden("multus-thick.json", NodeFiles.multusThick());
    }

    @Test
    void each_node_has_its_own_ranges() throws IOException {
        assertGolden("pod-network-node2.json", NodeFiles.podNetwork("node2"));
        var ranges = new ObjectMapper().readTree(NodeFiles.podNetwork("node2")).at("/plugins/0/ipam/ranges");
        var subnets = new ArrayList<String>();
        ranges.forEach(range -> subnets.add(range.at("/0/subnet").asText()));
        assertThat(subnets).isEqualTo(Topology.podCidrs(2));
    }

    @Test
    void whereabouts_reads_json() throws IOException {
        var read = new ObjectMapper().readTree(NodeFiles.whereabouts());
        assertThat(read.at("/kubernetes/kubeconfig").asText()).isEqualTo(NodeFiles.WHEREABOUTS_KUBECONFIG);
    }

    @Test
    void the_cni_programs_are_no_administrators() {
        for (Identity identity : Identity.of(Topology.standard(Vlans.BRIDGES))) {
            boolean administrator = identity.subject().contains("system:masters");
            assertThat(administrator)
                    .as(identity.name())
                    .isEqualTo(identity.name().equals(Identity.ADMIN));
        }
    }
}
