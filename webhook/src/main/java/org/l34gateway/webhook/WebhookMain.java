// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.l34gateway.runtime.health.HealthEndpoint;
import org.l34gateway.runtime.health.Verdict;
import org.l34gateway.runtime.loop.Pace;
import org.l34gateway.runtime.loop.ReconcileLoop;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.process.ClusterConnection;
import org.l34gateway.runtime.process.Daemon;
import org.l34gateway.runtime.snapshot.ClusterWatch;
import org.l34gateway.webhook.admission.PodAdmission;
import org.l34gateway.webhook.certificates.CertificateSource;
import org.l34gateway.webhook.certificates.MountedCertificates;
import org.l34gateway.webhook.certificates.OwnCertificates;
import org.l34gateway.webhook.server.AdmissionServer;
import org.l34gateway.webhook.server.Limits;

/** The webhook's process: wires watches, decisions, certificates and the server. */
public final class WebhookMain {
    /** How long API servers may take to learn that this replica goes. */
    private static final Duration GOODBYE = Duration.ofSeconds(3);

    private static final Duration LONGEST_LOOK = Duration.ofMinutes(1);

    private WebhookMain() {}

    /** Runs until SIGTERM; flags see {@link WebhookFlags}. */
    public static void main(String[] arguments) {
        Daemon.main("webhook", arguments, (daemon, flags) -> start(daemon, WebhookFlags.parse(flags)));
    }

    private static void start(Daemon daemon, WebhookFlags flags) throws IOException {
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        KubernetesClient client = daemon.with("client", ClusterConnection.open("webhook"));

        AtomicReference<ClusterWatch> watching = new AtomicReference<>();
        ClusterAttachments attachments =
                new ClusterAttachments(() -> Optional.ofNullable(watching.get()).flatMap(ClusterWatch::snapshot));
        ClusterWatch watch = daemon.with(
                "watch", ClusterWatch.start(client, ClusterAttachments.KINDS, attachments::changed, metrics));
        watching.set(watch);
        attachments.changed();

        String nadNamespace = Objects.requireNonNullElse(flags.nadNamespace(), flags.namespace());
        AdmissionServer server = daemon.with(
                "server",
                AdmissionServer.open(
                        new PodAdmission(attachments, nadNamespace), Limits.DEFAULT, flags.port(), metrics));
        CertificateKeeper keeper =
                new CertificateKeeper(certificates(flags, client), server::show, InstantSource.system());
        ReconcileLoop certificates = daemon.with(
                "certificates",
                new ReconcileLoop(
                        "certificates",
                        keeper,
                        Pace.every(Duration.ofMillis(500)),
                        Ticker.SYSTEM,
                        metrics,
                        Thread.ofVirtual()));
        certificates.start().trigger();

        AtomicBoolean leaving = new AtomicBoolean();
        // Last, because an endpoint without checks says that all is well.
        daemon.with("health", HealthEndpoint.start(flags.healthPort(), metrics))
                .ready("certificate", keeper.valid())
                .ready("cluster", watch.synced())
                .ready("process", () -> leaving.get() ? Verdict.unhealthy("stopping") : Verdict.healthy())
                .alive("certificates", certificates.moving(LONGEST_LOOK));
        daemon.with("goodbye", () -> {
            leaving.set(true);
            // Nothing tells when the last API server has seen it, so this is a time and not a condition.
            TimeUnit.MILLISECONDS.sleep(GOODBYE.toMillis());
        });
    }

    private static CertificateSource certificates(WebhookFlags flags, KubernetesClient client) {
        Path mount = flags.tlsSecretDir();
        return mount != null
                ? new MountedCertificates(mount)
                : OwnCertificates.of(
                        client,
                        flags.namespace(),
                        flags.service(),
                        flags.caSecret(),
                        flags.webhookConfiguration(),
                        InstantSource.system());
    }
}
