// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.webhook.admission.AttachmentLookup.Found;
import org.l34gateway.webhook.admission.PodAdmission;
import org.l34gateway.webhook.admission.Samples;
import org.l34gateway.webhook.certificates.PinnedTime;
import org.l34gateway.webhook.certificates.TestIdentity;

/** The server over real TLS, called by the JDK's client and by rude ones. */
@Timeout(60)
class AdmissionServerTest {
    private static final TestIdentity IDENTITY = TestIdentity.of("webhook.l34.svc");
    private static final Limits SMALL =
            new Limits(30, 20_000, 50_000, Duration.ofMillis(400), Duration.ofMillis(400), Duration.ofMillis(400));

    /** For tests that must do several things before a time is over. */
    private static final Limits PATIENT =
            new Limits(3, 20_000, 50_000, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5));

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private SSLContext tls;
    private AdmissionServer server;

    @BeforeEach
    void start() throws Exception {
        tls = PinnedTime.trusting(IDENTITY.bundle(), "webhook.l34.svc", InstantSource.system());
        server = serve(Samples.admission(), SMALL);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private AdmissionServer serve(PodAdmission admission, Limits limits) throws Exception {
        AdmissionServer opened = AdmissionServer.open(admission, limits, 0, metrics);
        opened.show(IDENTITY.identity());
        return opened;
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void answers_over_both_versions_of_http(HttpClient.Version version) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(tls).version(version).build()) {
            HttpResponse<String> response = client.send(post(BodyPublishers.ofByteArray(Samples.body())), text());
            assertThat(response.version()).isEqualTo(version);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).contains("application/json");
            assertThat(response.body()).contains("\"patchType\":\"JSONPatch\"");
        }
        assertThat(metrics.timer("l34.admission", "result", "patched").count()).isEqualTo(1);
    }

    @Test
    void speaks_nothing_older_than_tls_1_3() {
        SSLParameters old = new SSLParameters();
        old.setProtocols(new String[] {"TLSv1.2"});
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(tls).sslParameters(old).build()) {
            assertThatThrownBy(() -> client.send(post(BodyPublishers.ofByteArray(Samples.body())), text()))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    record Refusal(String name, HttpRequest.Builder request, int status, String reason, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Refusal> refusals() {
        byte[] tooLong = new byte[SMALL.bodyBytes() + 1];
        return Stream.of(
                new Refusal(
                        "another path",
                        HttpRequest.newBuilder()
                                .uri(URI.create("https://localhost/x"))
                                .GET(),
                        404,
                        "NotFound",
                        "only /mutate--v1-pod is served"),
                new Refusal(
                        "another method",
                        HttpRequest.newBuilder().GET(),
                        405,
                        "MethodNotAllowed",
                        "only POST is allowed"),
                new Refusal(
                        "rubbish",
                        HttpRequest.newBuilder().POST(BodyPublishers.ofString("{")),
                        400,
                        "BadRequest",
                        "body is not JSON"),
                new Refusal(
                        "no body",
                        HttpRequest.newBuilder().POST(BodyPublishers.noBody()),
                        400,
                        "BadRequest",
                        "body must be a JSON object"),
                new Refusal(
                        "a long body",
                        HttpRequest.newBuilder().POST(BodyPublishers.ofByteArray(tooLong)),
                        413,
                        "RequestEntityTooLarge",
                        "a body may have 20000 bytes"),
                new Refusal(
                        "a long body of unknown length",
                        HttpRequest.newBuilder()
                                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(tooLong))),
                        413,
                        "RequestEntityTooLarge",
                        "a body may have 20000 bytes"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refuses_with_a_status_that_names_the_reason(Refusal refusal) throws Exception {
        for (HttpClient.Version version : HttpClient.Version.values()) {
            try (HttpClient client =
                    HttpClient.newBuilder().sslContext(tls).version(version).build()) {
                String path = refusal.status() == 404 ? "/x" : AdmissionServer.PATH;
                HttpResponse<String> response =
                        client.send(refusal.request().copy().uri(uri(path)).build(), text());
                assertThat(response.statusCode()).isEqualTo(refusal.status());
                assertThat(response.body())
                        .contains("\"kind\":\"Status\"", "\"reason\":\"" + refusal.reason() + "\"", refusal.message());
                HttpResponse<String> next = client.send(post(BodyPublishers.ofByteArray(Samples.body())), text());
                assertThat(next.statusCode()).as("the next request").isEqualTo(200);
            }
        }
    }

    @Test
    void a_defect_of_ours_is_no_stack_trace_of_theirs() throws Exception {
        server.close();
        server = serve(
                new PodAdmission(
                        (_, _) -> {
                            throw new IllegalStateException("a defect");
                        },
                        "l34"),
                SMALL);
        try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
            HttpResponse<String> response = client.send(post(BodyPublishers.ofByteArray(Samples.body())), text());
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).contains("InternalError").doesNotContain("a defect", "at org.");
        }
    }

    @Test
    void closing_waits_for_the_answer_that_is_under_way() throws Exception {
        server.close();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch mayAnswer = new CountDownLatch(1);
        server = serve(
                new PodAdmission(
                        (_, _) -> {
                            asked.countDown();
                            await(mayAnswer);
                            return new Found.Known(List.of());
                        },
                        "l34"),
                SMALL);
        try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
            var answer = client.sendAsync(post(BodyPublishers.ofByteArray(Samples.body())), text());
            await(asked);
            Thread closing = Thread.ofVirtual().start(() -> {
                try {
                    server.close();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(closing.join(Duration.ofMillis(200)))
                    .as("closed before the answer")
                    .isFalse();
            mayAnswer.countDown();
            assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(closing.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void too_many_bytes_at_once_are_refused_and_room_comes_back() throws Exception {
        server.close();
        server = serve(Samples.admission(), PATIENT);
        try (SSLSocket one = socket();
                SSLSocket two = socket();
                SSLSocket three = socket()) {
            // Each may hold 20,000 bytes, all together 50,000.
            for (SSLSocket socket : List.of(one, two, three)) {
                send(socket, head(19_000) + " ".repeat(18_000));
            }
            assertThat(Stream.of(everything(one), everything(two), everything(three))
                            .map(answer -> answer.substring(0, "HTTP/1.1 xxx".length())))
                    .containsExactlyInAnyOrder("HTTP/1.1 408", "HTTP/1.1 408", "HTTP/1.1 503");
        }
        try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(post(BodyPublishers.ofString(" ".repeat(19_000))), text())
                                .statusCode())
                        .isEqualTo(400);
            }
        }
    }

    @Test
    void more_connections_than_allowed_are_closed_and_room_comes_back() throws Exception {
        server.close();
        server = serve(Samples.admission(), PATIENT);
        try (SSLSocket one = socket();
                SSLSocket two = socket();
                SSLSocket three = socket();
                SSLSocket oneTooMany = socket()) {
            assertThat(everything(oneTooMany)).isEmpty();
            for (SSLSocket socket : List.of(one, two, three)) {
                send(socket, head(1) + "x");
                assertThat(socket.getInputStream().read())
                        .as("an answer begins")
                        .isEqualTo('H');
            }
        }
        int status = 0;
        while (status != 200) {
            // The server hears of the closed sockets a little later; the timeout of the class ends a vain wait.
            try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
                status = client.send(post(BodyPublishers.ofByteArray(Samples.body())), text())
                        .statusCode();
            } catch (IOException e) {
                assertThat(e).isNotInstanceOf(SSLHandshakeException.class);
            }
        }
    }

    @Test
    void a_body_that_dribbles_is_given_up() throws Exception {
        try (SSLSocket socket = socket()) {
            send(socket, head(1_000) + "{");
            assertThat(everything(socket)).startsWith("HTTP/1.1 408").contains("did not arrive within 400 ms");
        }
    }

    @Test
    void a_client_that_sends_no_request_is_sent_away() throws Exception {
        try (SSLSocket silent = socket();
                SSLSocket dribbling = socket()) {
            send(dribbling, "POST " + AdmissionServer.PATH + " HTTP/1.1\r\nHost: x\r\nX-Never-Ends: ");
            assertThat(everything(silent)).isEmpty();
            assertThat(everything(dribbling)).isEmpty();
        }
    }

    @Test
    void a_client_that_is_done_for_long_is_sent_away() throws Exception {
        try (SSLSocket socket = socket()) {
            send(socket, head(1) + "x");
            assertThat(everything(socket)).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void a_client_that_goes_away_in_the_middle_harms_nobody() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (SSLSocket socket = socket()) {
                send(socket, head(15_000) + " ".repeat(14_000));
            }
        }
        try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
            assertThat(client.send(post(BodyPublishers.ofByteArray(Samples.body())), text())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private SSLSocket socket() throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("localhost", server.port());
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    private static void send(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static String head(int length) {
        return "POST " + AdmissionServer.PATH + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** Until the server closes. */
    private static String everything(SSLSocket socket) throws IOException {
        InputStream in = socket.getInputStream();
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }

    private URI uri(String path) {
        return URI.create("https://localhost:" + server.port() + path);
    }

    private HttpRequest post(BodyPublisher body) {
        return HttpRequest.newBuilder(uri(AdmissionServer.PATH))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(body)
                .build();
    }

    private static HttpResponse.BodyHandler<String> text() {
        return HttpResponse.BodyHandlers.ofString();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
