// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.lab.host.Cgroups;

/**
 * A lab at one moment.
 *
 * @param nodes sorted by name
 * @param pods sorted by name space and name
 * @param routers router → its BGP sessions with gateways
 */
public record LabStatus(String name, List<NodeLine> nodes, List<PodLine> pods, Map<String, List<BgpSession>> routers) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A node.
     *
     * @param addresses of both families
     */
    public record NodeLine(String name, boolean ready, List<String> addresses) {}

    /**
     * A pod with its running containers.
     *
     * @param phase {@code Running}… as the API server says
     */
    public record PodLine(
            String namespace, String name, String node, String phase, boolean ready, List<ContainerLine> containers) {}

    /**
     * A running container.
     *
     * @param anonymousBytes memory of the container's control group that no file backs; -1 when it has none
     */
    public record ContainerLine(String name, int restarts, long anonymousBytes) {}

    public LabStatus {
        nodes = List.copyOf(nodes);
        pods = List.copyOf(pods);
        routers = new TreeMap<>(routers);
    }

    static LabStatus of(Lab lab) {
        var nodes = new ArrayList<NodeLine>();
        for (JsonNode node : items(lab, "get", "nodes", "-o=json")) {
            var addresses = new ArrayList<String>();
            for (JsonNode address : node.at("/status/addresses")) {
                if (address.path("type").asText().equals("InternalIP")) {
                    addresses.add(address.path("address").asText());
                }
            }
            nodes.add(new NodeLine(node.at("/metadata/name").asText(), ready(node), addresses));
        }
        var pods = new ArrayList<PodLine>();
        for (JsonNode pod : items(lab, "get", "pods", "--all-namespaces", "-o=json")) {
            pods.add(pod(lab, pod));
        }
        var routers = new TreeMap<String, List<BgpSession>>();
        lab.routerNames()
                .forEach(router -> routers.put(router, lab.router(router).sessions()));
        return new LabStatus(lab.name().text(), nodes, pods, routers);
    }

    private static PodLine pod(Lab lab, JsonNode pod) {
        String node = pod.at("/spec/nodeName").asText();
        var containers = new ArrayList<ContainerLine>();
        for (String kind : List.of("initContainerStatuses", "containerStatuses")) {
            for (JsonNode status : pod.at("/status/" + kind)) {
                String id = status.path("containerID").asText().replaceFirst("^containerd://", "");
                if (!status.at("/state/running").isMissingNode() && !id.isEmpty()) {
                    var memory =
                            Cgroups.OF_THIS_MACHINE.anonymousBytes(lab.name().cgroup(node), id);
                    containers.add(new ContainerLine(
                            status.path("name").asText(),
                            status.path("restartCount").asInt(),
                            memory.orElse(-1)));
                }
            }
        }
        return new PodLine(
                pod.at("/metadata/namespace").asText(),
                pod.at("/metadata/name").asText(),
                node,
                pod.at("/status/phase").asText(),
                ready(pod),
                containers);
    }

    private static boolean ready(JsonNode object) {
        for (JsonNode condition : object.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private static JsonNode items(Lab lab, String... arguments) {
        try {
            return JSON.readTree(lab.kubectl(arguments)).path("items");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("kubectl printed no JSON", e);
        }
    }

    public String json() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names and numbers can be written as JSON", e);
        }
    }

    /** For people. */
    public String table() {
        var text = new StringBuilder("lab " + name + "\n\nNODES\n");
        nodes.forEach(node -> text.append("  %-10s %-9s %s%n"
                .formatted(node.name(), node.ready() ? "Ready" : "NotReady", String.join(", ", node.addresses()))));
        text.append("\nROUTERS (BGP sessions with gateways)\n");
        routers.forEach((router, sessions) -> {
            text.append("  %-10s %s%n".formatted(router, sessions.isEmpty() ? "none" : ""));
            sessions.forEach(session ->
                    text.append("    %-12s %-6s %s%n".formatted(session.name(), session.state(), session.info())));
        });
        text.append("\nPODS (anonymous memory per container)\n");
        pods.forEach(pod -> {
            text.append("  %-60s %-10s %s%s%n"
                    .formatted(
                            pod.namespace() + "/" + pod.name(),
                            pod.node(),
                            pod.phase(),
                            pod.ready() ? "" : ", not ready"));
            pod.containers()
                    .forEach(container -> text.append("    %-40s %8.1f MiB  %d restarts%n"
                            .formatted(
                                    container.name(), container.anonymousBytes() / 1048576.0, container.restarts())));
        });
        return text.toString();
    }
}
