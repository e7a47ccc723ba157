// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.l34gateway.webhook.admission.Samples;
import org.l34gateway.webhook.certificates.FakeCluster;
import org.l34gateway.webhook.certificates.MovedClock;
import org.l34gateway.webhook.certificates.OwnCertificates;
import org.l34gateway.webhook.certificates.PinnedTime;
import org.l34gateway.webhook.server.AdmissionServer;
import org.l34gateway.webhook.server.Limits;

/** An API server keeps calling while two years of certificates pass by. */
class RotationTest {
    private static final String CONFIGURATION =
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/l34";
    private static final int STEPS = 150;
    private static final Duration STEP = Duration.ofDays(5);

    private final MovedClock clock = new MovedClock(Instant.parse("2026-01-01T00:00:00Z"));
    private FakeCluster cluster;
    private AdmissionServer server;
    private CertificateKeeper keeper;

    @BeforeEach
    void start() throws Exception {
        cluster = new FakeCluster();
        cluster.put(CONFIGURATION, """
                {"kind": "MutatingWebhookConfiguration", "metadata": {"name": "l34"}, "webhooks": [
                 {"clientConfig": {"service": {"name": "webhook", "namespace": "l34"}}}]}""");
        server = AdmissionServer.open(Samples.admission(), Limits.DEFAULT, 0, new SimpleMeterRegistry());
        keeper = new CertificateKeeper(
                OwnCertificates.of(cluster.client(), "l34", "webhook", "webhook-ca", "l34", clock),
                server::show,
                clock);
        keeper.reconcile();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        cluster.close();
    }

    @Test
    void no_request_fails_whether_it_opens_a_connection_or_keeps_one() throws Exception {
        // Each step waits for a request of each client that began after the step before.
        Phaser steps = new Phaser(3);
        Set<String> bundles = new TreeSet<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient kept = client()) {
            Future<Integer> newConnections = clients.submit(keepAsking(steps, () -> {
                try (HttpClient fresh = client()) {
                    return ask(fresh);
                }
            }));
            Future<Integer> oneConnection = clients.submit(keepAsking(steps, () -> ask(kept)));
            for (int i = 0; i < STEPS; i++) {
                clock.move(STEP);
                keeper.reconcile();
                bundles.add(bundle());
                steps.arriveAndAwaitAdvance();
            }
            steps.arriveAndDeregister();
            assertThat(newConnections.get()).as("answers over new connections").isEqualTo(STEPS);
            assertThat(oneConnection.get()).as("answers over a kept connection").isEqualTo(STEPS);
        }
        assertThat(bundles).as("one CA, two, the second, two, the third").hasSizeGreaterThanOrEqualTo(5);
    }

    /** Asks once per step until the steps are over; the first failure ends the test. */
    private static Callable<Integer> keepAsking(Phaser steps, Callable<Integer> ask) {
        return () -> {
            int answered = 0;
            try {
                while (answered < STEPS) {
                    assertThat(ask.call()).isEqualTo(200);
                    answered++;
                    steps.arriveAndAwaitAdvance();
                }
            } finally {
                steps.arriveAndDeregister();
            }
            return answered;
        };
    }

    private int ask(HttpClient client) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("https://localhost:" + server.port() + AdmissionServer.PATH))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Samples.body()))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.body()).contains("JSONPatch");
        assertThat(response.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        return response.statusCode();
    }

    private HttpClient client() throws Exception {
        String pem = new String(Base64.getDecoder().decode(bundle()), StandardCharsets.US_ASCII);
        return HttpClient.newBuilder()
                .sslContext(PinnedTime.trusting(pem, "webhook.l34.svc", clock))
                .build();
    }

    private String bundle() {
        return Objects.requireNonNull(cluster.get(CONFIGURATION))
                .at("/webhooks/0/clientConfig/caBundle")
                .asText();
    }
}
