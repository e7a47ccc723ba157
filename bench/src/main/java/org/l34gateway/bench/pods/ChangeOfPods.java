// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.Figures;

/**
 * How long a change of the API takes to be in the kernel of all pods that it is about: a VIP more of a route, with 50 pods on
 * two nodes. From when the API server tells a watcher of it until the kernel tells that lo of the last pod has it, which
 * comes after the pod's rule and route.
 */
final class ChangeOfPods {
    private static final int PODS = 50;

    private final Stage stage;
    private final int runs;
    private final Consumer<String> say;

    ChangeOfPods(Stage stage, boolean quick, Consumer<String> say) {
        this.stage = stage;
        this.runs = quick ? 3 : 20;
        this.say = say;
    }

    void measure(Figures figures) {
        say.accept("starting " + PODS + " pods");
        List<PodManifest> pods = new ArrayList<>();
        for (int i = 0; i < PODS; i++) {
            pods.add(PodManifest.idle("pod-" + i, Stage.nodes().get(i % 2), PodManifest.SELECTED));
        }
        stage.create(pods);
        stage.kubectl("wait", "pods", "-l", PodManifest.OURS, "--for=condition=Ready", "--timeout=240s");
        stage.lab()
                .await(
                        PODS + " targets in both gateway pods",
                        Stage.SOON,
                        () -> stage.targetsOf(Stage.VIP4).equals(List.of(PODS, PODS)));
        Map<String, Long> toldNanos = new ConcurrentHashMap<>();
        List<AddressNews> news = Stage.nodes().stream().map(this::newsOf).toList();
        try (Watch _ = stage.watchRoute(event -> event.at("/object/spec/destinationCIDRs")
                .forEach(vip -> toldNanos.putIfAbsent(vip.asText(), System.nanoTime())))) {
            measure(figures, toldNanos, news);
        } finally {
            news.forEach(AddressNews::close);
        }
    }

    private AddressNews newsOf(String node) {
        PodNetworks networks = new PodNetworks(stage.node(node));
        List<String> namespaces = new ArrayList<>();
        for (var pod : stage.json("get", "pods", "-l", PodManifest.OURS, "--field-selector=spec.nodeName=" + node)
                .path("items")) {
            String address = pod.at("/status/podIP").asText();
            namespaces.add(networks.with(address)
                    .orElseThrow(
                            () -> new IllegalStateException("no network namespace on " + node + " has " + address)));
        }
        return AddressNews.of(stage.node(node), namespaces);
    }

    private void measure(Figures figures, Map<String, Long> toldNanos, List<AddressNews> news) {
        stage.lab().await("a watch of the route", Stage.SOON, () -> toldNanos.containsKey(Stage.VIP4 + "/32"));
        List<Double> last = new ArrayList<>();
        List<Double> first = new ArrayList<>();
        List<String> more = new ArrayList<>();
        // The first change is not counted: with it everything is known to listen.
        for (int run = 0; run <= runs; run++) {
            String vip = "20.0.1." + (run + 1);
            more.add(vip);
            stage.setVips(more);
            stage.lab()
                    .await(
                            vip + " in " + PODS + " pods",
                            Stage.SOON,
                            () -> nanosOf(news, vip).size() == PODS);
            if (run > 0) {
                long begin = Objects.requireNonNull(toldNanos.get(vip + "/32"), "the API server told nobody of " + vip);
                LongStream passed = nanosOf(news, vip).stream().mapToLong(nanos -> nanos - begin);
                var spread = passed.summaryStatistics();
                last.add(spread.getMax() / 1e6);
                first.add(spread.getMin() / 1e6);
                say.accept("change %d of %d: %.0f to %.0f ms".formatted(run, runs, first.getLast(), last.getLast()));
            }
            // The next one meets a cluster that is done with this one.
            stage.lab()
                    .await(
                            vip + " served by " + PODS + " targets",
                            Stage.SOON,
                            () -> stage.targetsOf(vip).equals(List.of(PODS, PODS)));
        }
        figures.put("change_50_pods_ms", new Figure(last));
        figures.put("change_first_pod_ms", new Figure(first));
    }

    private static List<Long> nanosOf(List<AddressNews> news, String vip) {
        return news.stream().flatMap(node -> node.nanosOf(vip).stream()).toList();
    }
}
