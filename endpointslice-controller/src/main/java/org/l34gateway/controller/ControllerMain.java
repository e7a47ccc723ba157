// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.l34gateway.runtime.health.HealthEndpoint;
import org.l34gateway.runtime.leader.Leadership;
import org.l34gateway.runtime.leader.LeaseTerms;
import org.l34gateway.runtime.loop.Pace;
import org.l34gateway.runtime.loop.ReconcileLoop;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.process.ClusterConnection;
import org.l34gateway.runtime.process.Daemon;
import org.l34gateway.runtime.snapshot.ClusterWatch;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.write.Events;
import org.l34gateway.runtime.write.ServerSideApply;
import picocli.CommandLine;

/** The process endpointslice-controller. */
public final class ControllerMain {
    private static final String NAME = "endpointslice-controller";
    /** Bursts of events, such as a Deployment that scales, are one run. */
    private static final Duration SPACING = Duration.ofMillis(100);
    /** A run that takes longer hangs: a request gives up after 10 s. */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(3);

    private ControllerMain() {}

    /** Runs until SIGTERM; the flags are in {@code ControllerSettings}. */
    public static void main(String[] arguments) {
        Daemon.main(NAME, arguments, ControllerMain::start);
    }

    private static void start(Daemon daemon, List<String> arguments) throws IOException {
        ControllerSettings settings =
                CommandLine.populateCommand(new ControllerSettings(), arguments.toArray(String[]::new));
        KubernetesClient client = daemon.with("client", ClusterConnection.open(NAME));
        start(daemon, settings, client);
    }

    /** Starts everything on a given client. */
    static void start(Daemon daemon, ControllerSettings settings, KubernetesClient client) throws IOException {
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        HealthEndpoint health = daemon.with("health", HealthEndpoint.start(settings.healthPort(), metrics));

        // The loop is triggered by the watch and the lease, which it asks in turn: they are filled in as they start.
        AtomicReference<@Nullable ClusterWatch> watch = new AtomicReference<>();
        AtomicReference<@Nullable Leadership> leadership = new AtomicReference<>();
        ServerSideApply writer = new ServerSideApply(client, () -> term(leadership) != 0, metrics);
        Events events = new Events(client, "l34gateway/" + NAME, settings.podName(), InstantSource.system());
        Writes writes = new Writes(writer, events);
        UpkeepLoop upkeeper =
                new UpkeepLoop(() -> term(leadership), writes, settings.workload(), InstantSource.system());
        ReconcileLoop upkeep =
                new ReconcileLoop("upkeep", upkeeper, Pace.every(SPACING), Ticker.SYSTEM, metrics, Thread.ofVirtual());
        Consumer<Decided> followUp = decided -> {
            upkeeper.take(decided);
            upkeep.trigger();
        };
        ControllerLoop reconciler =
                new ControllerLoop(new Watching(watch), () -> term(leadership), writes, followUp, Ticker.SYSTEM);
        ReconcileLoop loop = new ReconcileLoop(
                "controller", reconciler, Pace.every(SPACING), Ticker.SYSTEM, metrics, Thread.ofVirtual());
        ClusterWatch started =
                daemon.with("watch", ClusterWatch.start(client, WatchedKinds.all(), loop::trigger, metrics));
        watch.set(started);
        leadership.set(daemon.with(
                "leadership",
                Leadership.start(
                        client,
                        settings.namespace(),
                        settings.leaseName(),
                        settings.podName(),
                        LeaseTerms.QUICK,
                        loop::trigger,
                        metrics)));
        daemon.with("upkeep", upkeep.start());
        daemon.with("loop", loop.start());
        health.alive("loop", loop.moving(LONGEST_RUN))
                .alive("upkeep", upkeep.moving(LONGEST_RUN))
                .ready("watch", started.synced());
    }

    private static long term(AtomicReference<@Nullable Leadership> leadership) {
        Leadership started = leadership.get();
        return started == null ? 0 : started.term();
    }

    private record Watching(AtomicReference<@Nullable ClusterWatch> watch) implements ControllerLoop.View {
        @Override
        public Optional<Snapshot> snapshot() {
            ClusterWatch started = watch.get();
            return started == null ? Optional.empty() : started.snapshot();
        }

        @Override
        public void refresh() {
            ClusterWatch started = watch.get();
            if (started != null) {
                started.refresh();
            }
        }
    }
}
