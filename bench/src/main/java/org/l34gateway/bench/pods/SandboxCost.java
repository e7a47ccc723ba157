// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.Figures;

/**
 * What our attachments add to RunPodSandbox. Pods start one after the other on one node, one with them and one without in
 * turn, and the kubelet's own counters say how long its call to the runtime took.
 */
final class SandboxCost {
    private static final String NODE = "node1";
    /** Of the same batch: deleted together, so that no sandbox ends while another one is measured. */
    private static final int BATCH = 10;

    private final Stage stage;
    private final int pairs;
    private final Consumer<String> say;

    SandboxCost(Stage stage, boolean quick, Consumer<String> say) {
        this.stage = stage;
        this.pairs = quick ? 10 : 100;
        this.say = say;
    }

    void measure(Figures figures) {
        // The first ones wait for what is read from the disk once.
        millis("warm-1", PodManifest.SELECTED);
        millis("warm-2", PodManifest.BYSTANDER);
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        List<Double> differences = new ArrayList<>();
        for (int pair = 0; pair < pairs; pair++) {
            if (pair % BATCH == 0) {
                requireAttachments();
                stage.deletePods();
                say.accept("RunPodSandbox: pair " + (pair + 1) + " of " + pairs);
            }
            // Whoever comes second finds the node as the first one left it: they take turns in that too.
            boolean withFirst = pair % 2 == 0;
            double first = millis("a-" + pair, withFirst ? PodManifest.SELECTED : PodManifest.BYSTANDER);
            double second = millis("b-" + pair, withFirst ? PodManifest.BYSTANDER : PodManifest.SELECTED);
            with.add(withFirst ? first : second);
            without.add(withFirst ? second : first);
            differences.add(with.getLast() - without.getLast());
        }
        requireAttachments();
        stage.deletePods();
        figures.put("pod_sandbox_ms", new Figure(differences));
        figures.put("pod_sandbox_with_ms", new Figure(with));
        figures.put("pod_sandbox_without_ms", new Figure(without));
    }

    /** Starts a pod and says how long its sandbox took. */
    private double millis(String name, String app) {
        SandboxCalls before = SandboxCalls.of(stage.lab(), NODE);
        stage.create(List.of(PodManifest.idle(name, NODE, app)));
        stage.kubectl("wait", "pod/" + name, "--for=condition=PodReadyToStartContainers", "--timeout=60s");
        return SandboxCalls.of(stage.lab(), NODE).millisSince(before);
    }

    /** @throws IllegalStateException when a pod that should have our attachments has none, or the other way round */
    private void requireAttachments() {
        for (var pod : stage.json("get", "pods", "-l", PodManifest.OURS).path("items")) {
            boolean selected = pod.at("/metadata/labels/app").asText().equals(PodManifest.SELECTED);
            boolean attached = pod.at("/metadata/annotations").toString().contains("policy-route");
            if (selected != attached) {
                throw new IllegalStateException(pod.at("/metadata/name").asText()
                        + (attached ? " has attachments of ours" : " has no attachments of ours"));
            }
        }
    }
}
