// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/** Looks into each pod the moment that the API server tells that it is Ready for the first time. */
final class FirstReady implements AutoCloseable {
    /** What was in a pod, by its UID. */
    private final Map<String, CompletableFuture<Boolean>> hadVips = new ConcurrentHashMap<>();
    /** By the pod's UID and address; looked for as soon as the address is known, which is long before the pod is Ready. */
    private final Map<String, CompletableFuture<Optional<String>>> namespaces = new ConcurrentHashMap<>();

    /** Looks wait for other processes: one must not keep the next one waiting. */
    private final Executor looks = task -> Thread.ofVirtual().name("look").start(task);

    private final SortedSet<String> without = new ConcurrentSkipListSet<>();
    private final Map<String, PodNetworks> networks = new LinkedHashMap<>();
    private final Watch watch;

    FirstReady(Stage stage) {
        Stage.nodes().forEach(node -> networks.put(node, new PodNetworks(stage.node(node))));
        watch = stage.watchPods(event -> told(event.path("object")));
    }

    private void told(JsonNode pod) {
        String address = pod.at("/status/podIP").asText();
        String node = pod.at("/spec/nodeName").asText();
        PodNetworks here = networks.get(node);
        if (address.isEmpty() || here == null) {
            return;
        }
        String uid = pod.at("/metadata/uid").asText();
        var netns = namespaces.computeIfAbsent(
                uid + " " + address, _ -> CompletableFuture.supplyAsync(() -> here.with(address), looks));
        if (isReady(pod)) {
            hadVips.computeIfAbsent(
                    uid,
                    _ -> netns.thenApplyAsync(
                            found -> look(pod.at("/metadata/name").asText(), here, found), looks));
        }
    }

    private boolean look(String pod, PodNetworks here, Optional<String> netns) {
        String loopback = netns.map(here::loopback).orElse("");
        boolean had = List.of(Stage.VIP4, Stage.VIP6).stream().allMatch(vip -> loopback.contains(" " + vip + "/"));
        if (!had) {
            without.add(
                    pod + ": " + netns.map(_ -> "lo has " + loopback).orElse("no network namespace has its address"));
        }
        return had;
    }

    private static boolean isReady(JsonNode pod) {
        for (JsonNode condition : pod.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    /** Pods that were looked at. */
    int pods() {
        return (int) hadVips.values().stream()
                .filter(look -> look.state() == Future.State.SUCCESS)
                .count();
    }

    /** Those that did not have both VIPs, each with what it had. */
    SortedSet<String> without() {
        return without;
    }

    @Override
    public void close() {
        watch.close();
    }
}
