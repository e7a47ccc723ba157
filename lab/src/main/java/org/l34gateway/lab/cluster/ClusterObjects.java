// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.l34gateway.lab.topology.HostPlan;
import org.l34gateway.lab.topology.Role;
import org.l34gateway.lab.topology.Topology;

/** The objects of our own that every lab cluster holds, as YAML. The CRDs of others come with their modules. */
public final class ClusterObjects {
    private ClusterObjects() {}

    /** Rights of the CNI plugins, the NetworkAttachmentDefinition CRD and Multus' daemon. */
    public static String yaml() {
        return String.join(
                "---\n",
                resource("rbac.yaml"),
                resource("network-attachment-definition.yaml"),
                resource("multus-daemon.yaml"));
    }

    /** Nodes with their pods' ranges, made before the kubelets register, so that each range is where the routes say. */
    public static String nodes(Topology topology) {
        var yaml = new StringBuilder();
        for (HostPlan node : topology.withRole(Role.NODE)) {
            List<String> cidrs = Topology.podCidrs(Topology.numberOf(node.name()));
            yaml.append("---\napiVersion: v1\nkind: Node\nmetadata: {name: ").append(node.name());
            yaml.append("}\nspec: {podCIDR: \"").append(cidrs.getFirst());
            yaml.append("\", podCIDRs: [\"")
                    .append(String.join("\", \"", cidrs))
                    .append("\"]}\n");
        }
        return yaml.toString();
    }

    private static String resource(String name) {
        try (var text = ClusterObjects.class.getResourceAsStream("/org/l34gateway/lab/manifests/" + name)) {
            if (text == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
