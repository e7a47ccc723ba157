// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.runtime.process.ClusterConnection;

/** What the ends of a stream on the wire are to a watch. */
class KubernetesSourceTest {
    private static final String ADDED = """
            {"type": "ADDED", "object": {"kind": "ConfigMap", "apiVersion": "v1",
             "metadata": {"name": "a", "namespace": "ns", "resourceVersion": "8"}}}""";

    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    /** @param second message after an event; empty for an end without a word */
    record Row(String name, String second, Class<? extends WatchEnd> end) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("410 in the middle", error(410, "Expired"), WatchEnd.Expired.class),
                new Row("a resourceVersion from the future", error(504, "Timeout"), WatchEnd.Closed.class),
                // fabric8 keeps other errors than 410 to itself and closes; the watch looks at the version before it
                // goes on.
                new Row("an error of the server", error(500, "InternalError"), WatchEnd.Closed.class),
                new Row("a reset", "", WatchEnd.Closed.class));
    }

    private static String error(int code, String reason) {
        return """
                {"type": "ERROR", "object": {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                 "message": "says the server", "reason": "%s", "code": %d}}""".formatted(reason, code);
    }

    private final class Hearing implements ObjectSource.Sink<ConfigMap> {
        @Override
        public void event(Watcher.Action action, ConfigMap object) {
            heard.add(action + " " + object.getMetadata().getName());
        }

        @Override
        public void end(WatchEnd end) {
            heard.add(end);
        }
    }

    private Object next() throws InterruptedException {
        Object next = heard.poll(10, TimeUnit.SECONDS);
        return next == null ? "nothing for 10 s" : next;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void a_stream_that_ends_in_the_middle_says_why(Row row) throws Exception {
        boolean resets = row.second().isEmpty();
        String[] messages = resets ? new String[] {ADDED} : new String[] {ADDED, row.second()};
        try (var server = ScriptedWatchServer.start(resets, messages);
                KubernetesClient client = ClusterConnection.open(
                        "test",
                        new ConfigBuilder(Config.empty())
                                .withMasterUrl(server.url())
                                .build())) {
            var watching =
                    new KubernetesSource<>(client, Watched.everywhere(ConfigMap.class)).watch("7", new Hearing());
            assertThat(watching).isInstanceOf(ObjectSource.Watching.Open.class);
            Object first = next();
            if (!resets) {
                assertThat(first).isEqualTo("ADDED a");
            }
            assertThat(first.equals("ADDED a") ? next() : first).isInstanceOf(row.end());
        }
    }
}
