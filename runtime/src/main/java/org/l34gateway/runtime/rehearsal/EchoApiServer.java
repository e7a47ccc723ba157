// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.rehearsal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Answers on loopback as an API server would: one object in every list, every write echoed, watches that end. */
record EchoApiServer(HttpServer server) implements AutoCloseable {
    private static final String LIST = """
            {"metadata": {"resourceVersion": "1"}, "items": [{"metadata": {
              "name": "one", "namespace": "one", "uid": "1", "resourceVersion": "1", "generation": 1,
              "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"a": "b"}, "annotations": {"a": "b"},
              "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": "one", "uid": "1"}]}}]}
            """;

    static EchoApiServer start() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", EchoApiServer::answer);
        server.start();
        return new EchoApiServer(server);
    }

    String url() {
        return "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] asked = exchange.getRequestBody().readAllBytes();
            boolean watch = String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true");
            byte[] answer = asked.length > 0 ? asked : (watch ? "" : LIST).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
