// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.certificates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * As much of an API server as two objects need: GET, POST and JSON Patch, resourceVersions, and 409 for whoever comes
 * too late. fabric8's mock server needs Vert.x 4, which must not stand beside Vert.x 5.
 */
public final class FakeCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, ObjectNode> objects = new HashMap<>();
    private final HttpServer server;
    private final KubernetesClient client;
    private long version = 100;
    private int writes;
    private @Nullable Runnable beforeNextWrite;

    public FakeCluster() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    public KubernetesClient client() {
        return client;
    }

    synchronized int writes() {
        return writes;
    }

    /** Somebody else is faster once. */
    synchronized void beforeNextWrite(Runnable action) {
        beforeNextWrite = action;
    }

    public synchronized void put(String path, String json) {
        try {
            store(path, (ObjectNode) JSON.readTree(json));
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    public synchronized @Nullable JsonNode get(String path) {
        return objects.get(path);
    }

    private void store(String path, ObjectNode object) {
        object.withObject("/metadata").put("resourceVersion", Long.toString(++version));
        objects.put(path, object);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        if (!exchange.getRequestMethod().equals("GET")) {
            Runnable other;
            synchronized (this) {
                other = beforeNextWrite;
                beforeNextWrite = null;
            }
            if (other != null) {
                other.run();
            }
        }
        synchronized (this) {
            switch (exchange.getRequestMethod()) {
                case "GET" -> answer(exchange, objects.containsKey(path) ? 200 : 404, objects.get(path));
                case "POST" ->
                    create(exchange, path + "/" + body.at("/metadata/name").asText(), (ObjectNode) body);
                case "PATCH" -> patch(exchange, path, body);
                default -> answer(exchange, 405, null);
            }
        }
    }

    private void create(HttpExchange exchange, String path, ObjectNode object) throws IOException {
        if (objects.containsKey(path)) {
            answer(exchange, 409, null);
            return;
        }
        writes++;
        store(path, object);
        answer(exchange, 201, object);
    }

    private void patch(HttpExchange exchange, String path, JsonNode patch) throws IOException {
        ObjectNode present = objects.get(path);
        if (present == null) {
            answer(exchange, 404, null);
            return;
        }
        JsonNode asked = JsonPatch.apply(patch, present.deepCopy());
        if (!asked.at("/metadata/resourceVersion").equals(present.at("/metadata/resourceVersion"))) {
            answer(exchange, 409, null);
            return;
        }
        writes++;
        store(path, (ObjectNode) asked);
        answer(exchange, 200, asked);
    }

    private static void answer(HttpExchange exchange, int code, @Nullable JsonNode object) throws IOException {
        JsonNode body = object != null
                ? object
                : JSON.createObjectNode()
                        .put("kind", "Status")
                        .put("apiVersion", "v1")
                        .put("code", code);
        byte[] bytes = JSON.writeValueAsBytes(body);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(code, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        client.close();
        server.stop(0);
    }
}
