// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the API server tells about objects, as soon as it does: {@code {"type": "ADDED", "object": {…}}}. */
final class Watch implements AutoCloseable {
    private final Process kubectl;

    private Watch(Process kubectl) {
        this.kubectl = kubectl;
    }

    /**
     * Begins with the objects that are there.
     *
     * @param what a resource with its name or selector
     * @param told is told of one after the other
     */
    static Watch of(Stage stage, List<String> what, Consumer<JsonNode> told) {
        List<String> words = new ArrayList<>(List.of("get", "--namespace", stage.namespace()));
        words.addAll(what);
        words.addAll(List.of("--watch", "--output-watch-events", "-o=json"));
        Process kubectl = stage.lab().kubectlCommand(words).start();
        Watch watch = new Watch(kubectl);
        Thread.ofVirtual().name("watch").start(() -> watch.read(told));
        return watch;
    }

    private void read(Consumer<JsonNode> told) {
        try (MappingIterator<JsonNode> events =
                new ObjectMapper().readerFor(JsonNode.class).readValues(kubectl.getInputStream())) {
            while (events.hasNext()) {
                told.accept(events.next());
            }
        } catch (IOException closed) {
            // Whoever waits for news of it says so when none come.
        }
    }

    @Override
    public void close() {
        kubectl.destroy();
    }
}
