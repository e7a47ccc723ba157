// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.l34gateway.api.Names;

/**
 * Lists an {@link ExampleCluster} over HTTP on loopback, in the network namespace of the thread that makes it. Watches end at
 * once and nothing changes; writes are taken and remembered.
 */
final class ExampleApiServer implements AutoCloseable {
    /** Path and query of each whole list that was asked for. */
    final List<String> lists = new CopyOnWriteArrayList<>();

    /** Bodies of writes, in order. */
    final List<String> writes = new CopyOnWriteArrayList<>();

    private final HttpServer server;
    private final List<HasMetadata> objects;

    ExampleApiServer(ExampleCluster cluster) throws IOException {
        objects = cluster.objects();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    /** A kubeconfig for this server. */
    Path kubeconfig(Path file) throws IOException {
        return Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters: [{name: example, cluster: {server: 'http://127.0.0.1:%d'}}]
                contexts: [{name: example, context: {cluster: example, user: example}}]
                users: [{name: example, user: {}}]
                current-context: example
                """.formatted(server.getAddress().getPort()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String query = Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), "");
            byte[] answer =
                    answer(exchange.getRequestURI().getPath(), query, body).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private String answer(String path, String query, String body) {
        if (!body.isEmpty()) {
            writes.add(body);

            return body;
        }
        if (query.contains("watch=true")) {
            return "";
        }
        if (!query.contains("limit=1")) {
            lists.add(query.isEmpty() ? path : path + "?" + query);
        }

        String kind = path.substring(path.lastIndexOf('/') + 1);
        return objects.stream()
                .filter(object -> isOf(object, kind))
                .filter(object -> !(object instanceof Pod pod) || isAsked(pod, query))
                .map(ExampleCluster.YAML::asJson)
                .collect(Collectors.joining(",", "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[", "]}"));
    }

    /** @param plural such as {@code gatewayclasses} */
    private static boolean isOf(HasMetadata object, String plural) {
        String kind = object.getKind().toLowerCase(Locale.ROOT);
        return plural.equals(kind + (kind.endsWith("s") ? "es" : "s"));
    }

    private static boolean isAsked(Pod pod, String query) {
        return query.contains("fieldSelector=spec.nodeName")
                ? query.contains("spec.nodeName=" + pod.getSpec().getNodeName())
                : pod.getMetadata().getLabels().containsKey(Names.GATEWAY_LABEL);
    }

    /** From now on nobody answers; may be repeated. */
    void stop() {
        server.stop(0);
    }

    @Override
    public void close() {
        stop();
    }
}
