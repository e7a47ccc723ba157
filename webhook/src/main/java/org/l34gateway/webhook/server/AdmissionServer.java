// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.FormatException;
import org.l34gateway.webhook.admission.AdmissionAnswer;
import org.l34gateway.webhook.admission.PodAdmission;
import org.l34gateway.webhook.certificates.ServerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTPS (TLS 1.3, HTTP/1.1 and 2) with one path, {@value #PATH}. It listens from the first certificate on, and takes a
 * new one without closing anything: connections that are open go on with the old one.
 *
 * <p>Metric: {@code l34_admission_seconds{result}}, from the last byte of a request to the answer; result is
 * {@code patched}, {@code unchanged}, {@code warned}, {@code refused} or {@code failed}.
 */
public final class AdmissionServer implements AutoCloseable {
    public static final String PATH = "/mutate--v1-pod";

    private static final Logger LOG = LoggerFactory.getLogger(AdmissionServer.class);
    private static final long PATIENCE_SECONDS = 10;
    /** Each takes about a millisecond and up to 10 MB of heap. */
    private static final int AT_ONCE = 1;

    private final Vertx vertx;
    private final PodAdmission admission;
    private final Limits limits;
    private final MeterRegistry metrics;
    private final OffLoop offLoop;
    private final int port;
    private final Exchange.Budget budget = new Exchange.Budget();
    private final IdentityHashMap<HttpConnection, Conversation> conversations = new IdentityHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable HttpServer server;

    private AdmissionServer(Vertx vertx, PodAdmission admission, Limits limits, int port, MeterRegistry metrics) {
        this.vertx = vertx;
        this.admission = admission;
        this.limits = limits;
        this.port = port;
        this.metrics = metrics;
        this.offLoop = new OffLoop(vertx, new Semaphore(AT_ONCE));
    }

    /**
     * Nothing listens yet, see {@link #show}.
     *
     * @param port 0 lets the system choose
     * @param metrics takes the server's own meters too, those of HTTP and of connections
     */
    public static AdmissionServer open(PodAdmission admission, Limits limits, int port, MeterRegistry metrics) {
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        // One path, no files: nothing is unpacked, so that the root file system may be read-only.
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false))
                        .setMetricsOptions(new MicrometerMetricsOptions()
                                .setEnabled(true)
                                .setDisabledMetricsCategories(Set.of(
                                        MetricsDomain.EVENT_BUS.toCategory(),
                                        MetricsDomain.DATAGRAM_SOCKET.toCategory(),
                                        MetricsDomain.NAMED_POOLS.toCategory(),
                                        MetricsDomain.VERTICLES.toCategory()))))
                .withMetrics(new MicrometerMetricsFactory(metrics))
                .build();
        return new AdmissionServer(vertx, admission, limits, port, metrics);
    }

    /**
     * Shows a certificate from the next handshake on; the first one opens the port. Calls must not overlap, and must not
     * come from an event loop.
     *
     * @throws TimeoutException when Vert.x does not come to an end
     */
    public void show(ServerIdentity identity) throws TimeoutException {
        HttpServerOptions options = options(identity);
        HttpServer present = server;
        if (present == null) {
            server = vertx.createHttpServer(options)
                    .connectionHandler(this::connected)
                    .requestHandler(this::handle)
                    // Broken handshakes and resets are the network's weather.
                    .exceptionHandler(e -> LOG.debug("connection failed", e))
                    .listen()
                    .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            LOG.info("listening port={} certificate={}", port(), identity);
        } else {
            boolean _ = present.updateSSLOptions(options.getSslOptions()).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            LOG.info("showing certificate={}", identity);
        }
    }

    /**
     * The port, once it listens.
     *
     * @throws IllegalStateException before
     */
    public int port() {
        HttpServer present = server;
        if (present == null) {
            throw new IllegalStateException("no certificate was shown yet");
        }
        return present.actualPort();
    }

    /** Takes no more connections, waits for the requests in flight, closes. A second call does nothing. */
    @Override
    public void close() throws TimeoutException {
        if (closed.getAndSet(true)) {
            return;
        }
        HttpServer present = server;
        if (present != null) {
            present.shutdown(PATIENCE_SECONDS, TimeUnit.SECONDS).await(PATIENCE_SECONDS + 1, TimeUnit.SECONDS);
        }
        vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private HttpServerOptions options(ServerIdentity identity) {
        return new HttpServerOptions()
                .setPort(port)
                .setSsl(true)
                .setUseAlpn(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setSslHandshakeTimeout(limits.firstRequest().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertValue(Buffer.buffer(identity.chainPem()))
                        .setKeyValue(Buffer.buffer(identity.keyPem())));
    }

    private void connected(HttpConnection connection) {
        if (conversations.size() >= limits.connections()) {
            connection.close();
            return;
        }
        Conversation conversation = new Conversation(vertx, connection, limits);
        conversations.put(connection, conversation);
        connection.closeHandler(_ -> {
            conversation.closed();
            conversations.remove(connection);
        });
    }

    private void handle(HttpServerRequest request) {
        Conversation conversation = conversations.get(request.connection());
        if (conversation != null) {
            conversation.requestBegan();
            request.response().endHandler(_ -> conversation.requestEnded());
        }
        Exchange exchange = new Exchange(vertx, request, limits, budget);
        if (!request.path().equals(PATH)) {
            exchange.refuse(404, "NotFound", "only " + PATH + " is served");
        } else if (!request.method().equals(HttpMethod.POST)) {
            exchange.refuse(405, "MethodNotAllowed", "only POST is allowed");
        } else {
            exchange.whenComplete(body -> admit(exchange, body));
        }
    }

    private void admit(Exchange exchange, byte[] body) {
        Timer.Sample begun = Timer.start(metrics);
        offLoop.call("admission", () -> admission.answer(body)).onComplete(result -> {
            if (result.succeeded()) {
                count(begun, kind(result.result()));
                exchange.answer(result.result().toJson());
            } else if (result.cause() instanceof FormatException bad) {
                count(begun, "refused");
                exchange.refuse(400, "BadRequest", String.valueOf(bad.getMessage()));
            } else {
                LOG.error("admission failed", result.cause());
                count(begun, "failed");
                exchange.refuse(500, "InternalError", "see the log of the webhook");
            }
        });
    }

    private static String kind(AdmissionAnswer answer) {
        if (!answer.warnings().isEmpty()) {
            return "warned";
        }
        return answer.patch().isEmpty() ? "unchanged" : "patched";
    }

    private void count(Timer.Sample begun, String result) {
        begun.stop(Timer.builder("l34.admission")
                .tag("result", result)
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(metrics));
    }
}
