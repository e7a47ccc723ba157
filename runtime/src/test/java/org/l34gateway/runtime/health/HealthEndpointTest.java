// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthEndpointTest {
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpClient http = HttpClient.newHttpClient();
    private HealthEndpoint endpoint;

    @BeforeEach
    void start() throws IOException {
        endpoint = HealthEndpoint.start(0, metrics);
    }

    @AfterEach
    void stop() {
        endpoint.close();
        http.close();
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    @Test
    void readiness_lists_every_check_by_name_and_liveness_only_those_that_a_restart_cures() throws Exception {
        AtomicBoolean synced = new AtomicBoolean();
        Check watch = () -> synced.get() ? Verdict.healthy() : Verdict.unhealthy("Pod: not listed yet");
        endpoint.ready("watch", watch).alive("loop", Verdict::healthy);
        assertThat(get("/readyz")).isEqualTo("503 loop ok\nwatch: Pod: not listed yet\n");
        assertThat(get("/healthz")).isEqualTo("200 loop ok\n");
        synced.set(true);
        assertThat(get("/readyz")).isEqualTo("200 loop ok\nwatch ok\n");
    }

    @Test
    void without_checks_the_process_is_alive_and_not_ready_and_other_paths_are_unknown() throws Exception {
        assertThat(get("/healthz")).isEqualTo("200 ok\n");
        assertThat(get("/readyz")).isEqualTo("503 starting\n");
        assertThat(get("/healthz/../etc")).startsWith("404");
        assertThat(get("/readyzz")).startsWith("404");
        assertThat(get("/")).startsWith("404");
    }

    @Test
    void metrics_are_in_the_prometheus_text_format() throws Exception {
        metrics.counter("l34.writes", "verb", "apply").increment(3);
        assertThat(get("/metrics")).startsWith("200").contains("l34_writes_total{verb=\"apply\"} 3.0");
    }
}
