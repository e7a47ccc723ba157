// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Plain HTTP for the kubelet and Prometheus. {@code /healthz} answers for the checks whose failure a restart cures,
 * {@code /readyz} for all; both answer 200 or 503 with one line {@code NAME ok} or {@code NAME: REASON} per check, sorted.
 * {@code /metrics} is the Prometheus text format. Other paths are 404.
 */
public final class HealthEndpoint implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Check> liveness = new ConcurrentHashMap<>();
    private final Map<String, Check> readiness = new ConcurrentHashMap<>();

    private HealthEndpoint(HttpServer server, PrometheusMeterRegistry metrics) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/healthz", exchange -> answer(exchange, "/healthz", liveness));
        server.createContext("/readyz", exchange -> answer(exchange, "/readyz", readiness));
        server.createContext("/metrics", exchange -> send(exchange, 200, metrics.scrape()));
        server.createContext("/", exchange -> send(exchange, 404, "not found\n"));
    }

    /**
     * Listens at once. Without any check the process is alive and not ready: it has not said yet what it waits for.
     *
     * @param port 0 lets the system choose
     * @throws IOException when the port cannot be bound
     */
    public static HealthEndpoint start(int port, PrometheusMeterRegistry metrics) throws IOException {
        HealthEndpoint endpoint = new HealthEndpoint(HttpServer.create(new InetSocketAddress(port), 0), metrics);
        endpoint.server.start();
        return endpoint;
    }

    /** A check that only says whether the process can do its work now. */
    public HealthEndpoint ready(String name, Check check) {
        readiness.put(name, check);
        return this;
    }

    /** A check whose failure a restart of the process cures; it counts for readiness too. */
    public HealthEndpoint alive(String name, Check check) {
        liveness.put(name, check);
        return ready(name, check);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void answer(HttpExchange exchange, String path, Map<String, Check> checks) throws IOException {
        if (!exchange.getRequestURI().getPath().equals(path)) {
            send(exchange, 404, "not found\n");
            return;
        }
        if (checks.isEmpty() && path.equals("/readyz")) {
            send(exchange, 503, "starting\n");
            return;
        }
        StringBuilder lines = new StringBuilder();
        int status = 200;
        for (var entry : new TreeMap<>(checks).entrySet()) {
            switch (entry.getValue().check()) {
                case Verdict.Healthy() -> lines.append(entry.getKey()).append(" ok\n");
                case Verdict.Unhealthy(String reason) -> {
                    status = 503;
                    lines.append(entry.getKey()).append(": ").append(reason).append('\n');
                }
            }
        }
        send(exchange, status, lines.isEmpty() ? "ok\n" : lines.toString());
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
