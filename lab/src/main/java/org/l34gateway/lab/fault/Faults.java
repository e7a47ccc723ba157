// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.fault;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.l34gateway.lab.Lab;
import org.l34gateway.lab.host.Host;

/** Ends processes of pods by their node's kernel, as a crash would: nobody is told. */
public record Faults(Lab lab) {
    /** A pod as the API server shows it. */
    public record Victim(JsonNode pod) {
        public String name() {
            return pod.at("/metadata/name").asText();
        }

        public String node() {
            return pod.at("/spec/nodeName").asText();
        }

        /**
         * The id of one of its containers.
         *
         * @throws IllegalStateException when there is none of that name
         */
        public String container(String name) {
            for (String kind : List.of("initContainerStatuses", "containerStatuses")) {
                for (JsonNode status : pod.at("/status/" + kind)) {
                    if (status.path("name").asText().equals(name)) {
                        return status.path("containerID").asText().replaceFirst("^containerd://", "");
                    }
                }
            }
            throw new IllegalStateException(name() + " has no container " + name);
        }
    }

    /** Ends one container's first process with SIGKILL. */
    public void kill(Victim victim, String container) {
        kill(victim, List.of(victim.container(container)));
    }

    /** Ends all processes of a pod, its sandbox's too, with SIGKILL. */
    public void killAll(Victim victim) {
        String uid = victim.pod().at("/metadata/uid").asText();
        String ids = ctr(victim, "containers", "list", "labels.\"io.kubernetes.pod.uid\"==" + uid, "-q");
        kill(victim, ids.lines().map(String::strip).toList());
    }

    private void kill(Victim victim, List<String> containers) {
        Map<String, String> pids = new HashMap<>();
        ctr(victim, "tasks", "list").lines().skip(1).forEach(line -> {
            String[] words = line.split("\\s+");
            if (words[2].equals("RUNNING")) {
                pids.put(words[0], words[1]);
            }
        });
        List<String> words = new ArrayList<>(List.of("kill", "-KILL"));
        containers.stream().filter(pids::containsKey).map(pids::get).forEach(words::add);
        if (words.size() == 2) {
            throw new IllegalStateException("none of " + containers + " runs on " + victim.node());
        }
        node(victim).command(words).output();
    }

    private String ctr(Victim victim, String... arguments) {
        List<String> words = new ArrayList<>(List.of("ctr", "--namespace", "k8s.io"));
        words.addAll(List.of(arguments));
        return lab.on(node(victim), words).output();
    }

    private Host node(Victim victim) {
        return lab.host(victim.node()).orElseThrow();
    }
}
