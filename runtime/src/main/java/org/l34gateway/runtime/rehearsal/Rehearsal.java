// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.rehearsal;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.NodeReport;
import org.l34gateway.runtime.health.HealthEndpoint;
import org.l34gateway.runtime.process.ClusterConnection;
import org.l34gateway.runtime.snapshot.ClusterWatch;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.snapshot.Watched;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.ServerSideApply;
import org.l34gateway.runtime.write.Written;

/** A process without a cluster: it reads, watches, writes and is asked for its health, all over loopback. */
public final class Rehearsal {
    private static final List<Watched<?>> KINDS = List.of(
            Watched.everywhere(Pod.class),
            Watched.everywhere(Service.class),
            Watched.everywhere(Node.class),
            Watched.everywhere(EndpointSlice.class),
            Watched.everywhere(GatewayClass.class),
            Watched.everywhere(Gateway.class),
            Watched.everywhere(L34Route.class),
            Watched.everywhere(GatewayRouter.class),
            Watched.everywhere(GatewayReport.class),
            Watched.everywhere(NodeReport.class));

    private static final long PATIENCE_SECONDS = 60;

    private Rehearsal() {}

    /** Exits with 0 when everything was answered. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        run();
        System.exit(0);
    }

    /**
     * Runs once and leaves nothing behind.
     *
     * @throws IllegalStateException when something was not answered
     */
    static void run() throws IOException, InterruptedException {
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var changed = new Semaphore(0);
        try (var server = EchoApiServer.start();
                KubernetesClient client = ClusterConnection.open(
                        "rehearsal",
                        new ConfigBuilder(Config.empty())
                                .withMasterUrl(server.url())
                                .build());
                var watch = ClusterWatch.start(client, KINDS, changed::release, metrics);
                var health = HealthEndpoint.start(0, metrics).ready("watch", watch.synced())) {
            Snapshot snapshot = synced(watch, changed);
            var writer = new ServerSideApply(client, () -> true, metrics);
            for (NodeReport report : snapshot.all(NodeReport.class)) {
                var written = writer.applyStatus(report, new FieldManager("rehearsal"), true);
                if (!(written instanceof Written.Done<?>)) throw new IllegalStateException("write came to " + written);
            }
            for (String path : List.of("healthz", "readyz", "metrics")) ask(health.port(), path);
        }
    }

    private static Snapshot synced(ClusterWatch watch, Semaphore changed) throws InterruptedException {
        for (Optional<Snapshot> now = watch.snapshot(); ; now = watch.snapshot()) {
            if (now.isPresent()) return now.get();
            if (!changed.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS))
                throw new IllegalStateException("not synced within " + PATIENCE_SECONDS + " s");
        }
    }

    private static void ask(int port, String path) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + path));
            int code = http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (code != 200) throw new IllegalStateException(path + " answered " + code);
        }
    }
}
