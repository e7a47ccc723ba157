// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.Figures;
import org.l34gateway.lab.fault.Faults;
import org.l34gateway.lab.fault.Faults.Victim;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.product.Product;

/**
 * 200 pods of the example's application come and go, ten at a time, while an outside router sends to their VIPs; in three of four waves
 * something is killed. Counted is which of them were Ready without their VIPs, and what stays when all are gone.
 */
final class ComingAndGoing {
    private static final int WAVE = 10;
    private static final Duration STARTED = Duration.ofMinutes(3);
    /** What is taken away in steps is given this long. */
    private static final Duration SETTLED = Duration.ofSeconds(60);

    private static final int STAYING = 2;

    /** What is killed in a wave; they take turns. */
    private enum Kill {
        NOTHING,
        PLUGINS,
        NODE_AGENTS,
        PODS
    }

    private final Stage stage;
    private final int waves;
    private final Consumer<String> say;
    private final Faults faults;
    private int kills;

    ComingAndGoing(Stage stage, boolean quick, Consumer<String> say) {
        this.stage = stage;
        this.waves = quick ? Kill.values().length : 20;
        this.say = say;
        this.faults = new Faults(stage.lab());
    }

    void measure(Figures figures) {
        stage.serve(STAYING);
        String image = stage.kubectl(
                "get", "deployment/" + PodManifest.SELECTED, "-o=jsonpath={.spec.template.spec.containers[0].image}");
        Traces before = Traces.of(stage);
        try (FirstReady ready = new FirstReady(stage)) {
            long answers;
            try (Traffic traffic = Traffic.start(stage.lab())) {
                for (int wave = 0; wave < waves; wave++) {
                    Kill kill = Kill.values()[wave % Kill.values().length];
                    say.accept("wave %d of %d, %s: %d pods looked at, %d without VIPs, %d kills, %d answers"
                            .formatted(
                                    wave + 1,
                                    waves,
                                    killed(kill),
                                    ready.pods(),
                                    ready.without().size(),
                                    kills,
                                    traffic.answers()));
                    comeAndGo(wave, image, kill, ready);
                }
                answers = traffic.answers();
            }
            requireAll(ready, answers);
            ready.without().forEach(pod -> say.accept("Ready without its VIPs: " + pod));
            figures.put("ready_without_vip", figure(ready.without().size()));
            figures.put("pod_starts", figure(ready.pods()));
            figures.put("kills", figure(kills));
            figures.put("answers", figure(answers));
        }
        figures.put("residue", figure(residue(before).size()));
    }

    private static Figure figure(long count) {
        return new Figure(List.of((double) count));
    }

    private static String killed(Kill kill) {
        return switch (kill) {
            case NOTHING -> "nothing is killed";
            case PLUGINS -> "plugins are killed";
            case NODE_AGENTS -> "node-agents are killed";
            case PODS -> "pods are killed";
        };
    }

    private void comeAndGo(int wave, String image, Kill kill, FirstReady ready) {
        List<PodManifest> pods = new ArrayList<>();
        for (int i = 0; i < WAVE; i++) {
            pods.add(PodManifest.serving("pod-" + wave + "-" + i, Stage.nodes().get(i % 2), image));
        }
        during(kill, () -> {
            stage.create(pods);
            if (kill == Kill.NODE_AGENTS) {
                killNodeAgents();
            }
            stage.lab()
                    .await("pods of wave " + (wave + 1) + " Ready", STARTED, () -> ready.pods() >= (wave + 1) * WAVE);
        });
        if (kill == Kill.PODS) {
            killHalf();
        }
        during(kill, () -> {
            if (kill == Kill.NODE_AGENTS) {
                killNodeAgents();
            }
            stage.deletePods();
        });
    }

    /** With killers of plugins on both nodes when plugins are to be killed. */
    private void during(Kill kill, Runnable work) {
        if (kill != Kill.PLUGINS) {
            work.run();
            return;
        }
        try (PluginKiller one = PluginKiller.on(stage.node("node1"));
                PluginKiller other = PluginKiller.on(stage.node("node2"))) {
            work.run();
            kills += one.kills() + other.kills();
        }
    }

    private void killNodeAgents() {
        stage.product().awaitWorkloads(Product.NAMESPACE);
        for (var pod : Stage.parse(stage.lab()
                        .kubectl(
                                "get",
                                "pods",
                                "-n",
                                Product.NAMESPACE,
                                "-l=app.kubernetes.io/component=node-agent",
                                "-o=json"))
                .path("items")) {
            faults.kill(new Victim(pod), "node-agent");
            kills++;
        }
    }

    /** All processes, the sandbox's too: the kubelet begins a new sandbox, and the pods are deleted meanwhile. */
    private void killHalf() {
        int pod = 0;
        for (var item : stage.json("get", "pods", "-l", PodManifest.OURS).path("items")) {
            if (pod++ % 2 == 0) {
                faults.killAll(new Victim(item));
                kills++;
            }
        }
    }

    /** @throws IllegalStateException when what was counted is not what the figures say */
    private void requireAll(FirstReady ready, long answers) {
        if (ready.pods() != waves * WAVE || kills == 0 || answers == 0) {
            throw new IllegalStateException("%d pods of %d were looked at, with %d kills and %d answers"
                    .formatted(ready.pods(), waves * WAVE, kills, answers));
        }
    }

    private SortedSet<String> residue(Traces before) {
        SortedSet<String> left = new TreeSet<>();
        try {
            Progress.await("nothing left of the pods", SETTLED, () -> {
                left.clear();
                left.addAll(Traces.of(stage).since(before));
                return left.isEmpty();
            });
        } catch (IllegalStateException late) {
            left.forEach(line -> say.accept("left: " + line));
        }
        return left;
    }
}
