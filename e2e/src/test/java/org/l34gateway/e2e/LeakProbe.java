// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.l34gateway.lab.host.Host;

/**
 * Counts packets with a VIP as source. On the nodes, which route the primary network, each is a leak; in the gateway pods
 * they are the answers that should be there.
 */
record LeakProbe(Scene scene, List<Host> nodes, List<Scene.PodPlace> gateways) {
    private static final String TABLE = "e2e_leak";

    static LeakProbe install(Scene scene) {
        var probe = new LeakProbe(
                scene,
                List.of(scene.lab().node(1), scene.lab().node(2)),
                scene.gatewayPods().stream().map(scene::place).toList());
        String rules = """
                table inet %s {
                  chain c {
                    type filter hook prerouting priority -400
                    ip saddr 20.0.0.1 counter
                    ip6 saddr 2000::1 counter
                  }
                }
                """.formatted(TABLE);
        probe.nodes()
                .forEach(node -> node.command("nft", "-f", "-").reading(rules).output());
        probe.gateways()
                .forEach(place -> place.node()
                        .command("ip", "netns", "exec", place.netns(), "nft", "-f", "-")
                        .reading(rules)
                        .output());
        return probe;
    }

    /** Waits until answers pass the gateway pods: without them nothing could leak. */
    void awaitAnswers() {
        scene.lab()
                .await(
                        "answers in the gateway pods",
                        Scene.SOON,
                        () -> gateways.stream()
                                        .mapToLong(place ->
                                                packets(place.output("nft", "-j", "list", "table", "inet", TABLE)))
                                        .sum()
                                > 1000);
    }

    /** Packets with a VIP as source that the nodes were given to route. */
    long leaked() {
        return nodes.stream()
                .mapToLong(node -> packets(node.command("nft", "-j", "list", "table", "inet", TABLE)
                        .output()))
                .sum();
    }

    void remove() {
        nodes.forEach(
                node -> node.command("nft", "delete", "table", "inet", TABLE).run());
        gateways.forEach(place -> place.output("nft", "delete", "table", "inet", TABLE));
    }

    private static long packets(String json) {
        var counts = new ArrayList<Long>();
        try {
            for (JsonNode object : new ObjectMapper().readTree(json).path("nftables")) {
                for (JsonNode expression : object.at("/rule/expr")) {
                    counts.add(expression.at("/counter/packets").asLong());
                }
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("nft printed no JSON", e);
        }
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
