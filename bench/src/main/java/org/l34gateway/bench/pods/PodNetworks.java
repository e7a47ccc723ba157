// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.l34gateway.lab.host.Host;

/** Network namespaces of a node's pods, by the names that the runtime gave them, seen by the kernel only. */
final class PodNetworks {
    /** Prints {@code NETNS ADDRESS/LENGTH} for each namespace given that has an eth0. */
    private static final String ADDRESSES = """
            for netns in "$@"; do
              ip -n "$netns" -o -4 addr show dev eth0 2> /dev/null | { read -r _ _ _ address _ && echo "$netns $address"; }
            done
            true
            """;

    private final Host node;
    private final Map<String, String> netnsByAddress = new LinkedHashMap<>();

    PodNetworks(Host node) {
        this.node = node;
    }

    /** The namespace whose eth0 has the IPv4 address. */
    synchronized Optional<String> with(String address) {
        List<String> present = node.command("ls", "/run/netns").output().lines().toList();
        // Addresses are given away again.
        netnsByAddress.values().retainAll(present);
        look(present.stream()
                .filter(netns -> !netnsByAddress.containsValue(netns))
                .toList());
        return Optional.ofNullable(netnsByAddress.get(address));
    }

    private void look(List<String> namespaces) {
        List<String> words = new ArrayList<>(List.of("bash", "-c", ADDRESSES, "addresses"));
        words.addAll(namespaces);
        node.command(words).output().lines().forEach(line -> {
            String[] part = line.split(" ");
            netnsByAddress.put(part[1].replaceFirst("/.*", ""), part[0]);
        });
    }

    /** What {@code ip -o addr} prints of a namespace's lo, nothing when the namespace is gone. */
    String loopback(String netns) {
        return node.command("ip", "-n", netns, "-o", "addr", "show", "dev", "lo")
                .run()
                .out();
    }
}
