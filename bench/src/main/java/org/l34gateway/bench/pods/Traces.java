// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What pods could leave behind: on the nodes records, locks, mounts of namespaces, and addresses, rules, routes and permanent
 * neighbours in the namespaces that are there, the nodes' own and those of gateway pods among them; in the API what reports
 * and slices say.
 *
 * @param lines one for each thing, which tells where it is
 */
record Traces(SortedSet<String> lines) {
    /** Prints a line for each thing of a node. */
    private static final String LOOK = """
            ls -A /var/lib/cni/l34-gateway | sed 's/^/record /'
            ls -A /run/netns | sed 's/^/netns /'
            for process in 1 $(pgrep -f node-agent.args); do
              sed -n 's/.* \\([^ ]*netns\\/[^ ]*\\) .*/mount \\1/p' "/proc/$process/mountinfo"
            done
            state() {
              $1 -o addr | sed 's/ *valid_lft.*//'
              for family in -4 -6; do
                $1 $family rule | sed 's/^/rule /'
                $1 $family route show table all | sed 's/ expires [0-9]*sec//; s/^/route /'
                $1 $family neigh show nud permanent | sed 's/^/neighbour /'
              done
            }
            state ip | sed 's/^/node /'
            for netns in $(ls /run/netns); do
              state "ip -n $netns" 2> /dev/null | sed "s/^/in $netns /"
            done
            true
            """;

    Traces {
        lines = Collections.unmodifiableSortedSet(new TreeSet<>(lines));
    }

    /** What is there now. */
    static Traces of(Stage stage) {
        SortedSet<String> lines = new TreeSet<>();
        for (String node : Stage.nodes()) {
            stage.node(node)
                    .command("bash", "-c", LOOK)
                    .output()
                    .lines()
                    .forEach(line -> lines.add(node + ": " + line.strip()));
        }
        add(lines, stage.json("get", "nodereports"), "/spec/pods", "/uid");
        add(lines, stage.json("get", "gatewayreports"), "/spec/targets", "/podUID");
        add(lines, stage.json("get", "endpointslices"), "/endpoints", "/targetRef/uid");
        return new Traces(lines);
    }

    private static void add(SortedSet<String> lines, JsonNode objects, String pods, String uid) {
        for (JsonNode object : objects.path("items")) {
            for (JsonNode pod : object.at(pods)) {
                lines.add(object.path("kind").asText() + " "
                        + object.at("/metadata/name").asText() + ": pod "
                        + pod.at(uid).asText());
            }
        }
    }

    /** What is here and was not there before. */
    SortedSet<String> since(Traces before) {
        SortedSet<String> more = new TreeSet<>(lines);
        more.removeAll(before.lines);
        return more;
    }
}
