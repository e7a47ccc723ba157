// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.node.install.PluginInstall;
import org.l34gateway.node.probe.NextHopProbes;
import org.l34gateway.node.sandbox.LinuxSandboxes;
import org.l34gateway.node.sandbox.OwnProcfs;
import org.l34gateway.runtime.health.HealthEndpoint;
import org.l34gateway.runtime.loop.Outcome;
import org.l34gateway.runtime.loop.Pace;
import org.l34gateway.runtime.loop.ReconcileLoop;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.process.ClusterConnection;
import org.l34gateway.runtime.process.Daemon;
import org.l34gateway.runtime.process.Version;
import org.l34gateway.runtime.snapshot.ClusterWatch;
import org.l34gateway.runtime.write.Events;
import org.l34gateway.runtime.write.ServerSideApply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process {@code node-agent}, one on each node. It leaves everything in the kernel when it stops: whatever is there
 * goes on working, and the next process adopts it. With {@code --detach} it takes everything away instead.
 */
public final class NodeAgentMain {
    private static final Logger LOG = LoggerFactory.getLogger(NodeAgentMain.class);
    /** Least time between two runs; changes of the cluster in between are taken together. */
    private static final Duration SPACING = Duration.ofMillis(100);
    /** Plugins that somebody removed or replaced are put back within this. */
    private static final Duration INSTALL_EVERY = Duration.ofSeconds(30);
    /** Plugins that no pod needs any more are removed within this. */
    private static final Duration REMOVE_EVERY = Duration.ofSeconds(3);
    /** A plugin needs its sandbox for milliseconds. One that hangs must not hold up the other pods: it is tried again. */
    static final int LOCK_WAIT_MILLIS = 200;
    /** A run takes a second when everything goes slowly. */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(2);
    /** How many pods are changed at once: some of them wait for a plugin that has their sandbox's lock. */
    static final int POD_THREADS = 16;

    private NodeAgentMain() {}

    public static void main(String[] arguments) {
        Daemon.main("node-agent", arguments, NodeAgentMain::start);
    }

    private static void start(Daemon daemon, List<String> arguments) throws IOException {
        NodeAgentOptions options = NodeAgentOptions.parse(arguments, System.getenv());
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        PluginInstall install = new PluginInstall(options.pluginDir(), options.cniBinDir());
        if (!options.detach()) {
            // First of all, because pods that are created now need the plugins and nothing else.
            logInstalled(install.install());
        }
        OwnProcfs procfs = daemon.with("procfs", OwnProcfs.open(options.procDir()));
        AttachmentRecords records = new AttachmentRecords(
                new JvmHost(procfs.sysctls().toString()),
                options.dataDir().resolve("attachments").toString(),
                LOCK_WAIT_MILLIS);
        Reconciler plugins = options.detach() ? () -> remove(install, records) : () -> install(install);
        ReconcileLoop installing = daemon.with(
                "install",
                new ReconcileLoop(
                                "install",
                                plugins,
                                Pace.every(Duration.ofSeconds(1)),
                                Ticker.SYSTEM,
                                metrics,
                                Thread.ofVirtual())
                        .start());
        installing.trigger();
        KubernetesClient client = daemon.with("client", ClusterConnection.open("node-agent"));
        Watching watching = watch(daemon, options, client, records, metrics);
        HealthEndpoint health = daemon.with("health", HealthEndpoint.start(options.port(), metrics));
        health.ready("watches", watching.watch().synced());
        health.ready("plugins", installing.succeeding());
        health.ready("pods", watching.loop().succeeding());
        if (options.detach()) {
            health.ready("detached", watching.agent()::empty);
        }
        health.alive("loop", watching.loop().moving(LONGEST_RUN));
        health.alive("probes", watching.probes().moving(LONGEST_RUN));
    }

    private static Outcome install(PluginInstall install) throws IOException {
        logInstalled(install.install());
        return Outcome.after(INSTALL_EVERY);
    }

    /** Each pod that was attached has a record until its DEL, and needs the plugins for that. */
    private static Outcome remove(PluginInstall install, AttachmentRecords records) throws IOException {
        if (records.isEmpty()) {
            List<String> removed = install.remove();
            if (!removed.isEmpty()) {
                LOG.info("plugins removed={}", removed);
            }
        }
        return Outcome.after(REMOVE_EVERY);
    }

    private record Watching(ClusterWatch watch, NodeAgent agent, ReconcileLoop loop, ReconcileLoop probes) {}

    private static Watching watch(
            Daemon daemon,
            NodeAgentOptions options,
            KubernetesClient client,
            AttachmentRecords records,
            MeterRegistry metrics) {
        AtomicReference<@Nullable ClusterWatch> watch = new AtomicReference<>();
        AtomicReference<@Nullable ReconcileLoop> pods = new AtomicReference<>();
        NextHopProbes probes =
                daemon.with("probed namespaces", new NextHopProbes(records.host(), Ticker.SYSTEM, metrics, () -> {
                    ReconcileLoop loop = pods.get();
                    if (loop != null) {
                        loop.trigger();
                    }
                }));
        NodeAgent agent = new NodeAgent(
                () -> Optional.ofNullable(watch.get())
                        .flatMap(ClusterWatch::snapshot)
                        .map(snapshot -> NodeView.of(snapshot, options.nodeName()))
                        .map(view -> options.detach() ? view.detached() : view),
                new LinuxSandboxes(records, options.netnsDir()),
                probes,
                telling(daemon, options, client, records, metrics),
                daemon.with("pod threads", new PodThreads(POD_THREADS)),
                Ticker.SYSTEM,
                metrics);
        // Namespaces are entered by threads that these two start, and JNA wants platform threads.
        ReconcileLoop loop = daemon.with(
                "pods",
                new ReconcileLoop("pods", agent, Pace.every(SPACING), Ticker.SYSTEM, metrics, Thread.ofPlatform())
                        .start());
        pods.set(loop);
        ReconcileLoop probing = daemon.with(
                "probes",
                new ReconcileLoop("probes", probes, Pace.every(SPACING), Ticker.SYSTEM, metrics, Thread.ofPlatform())
                        .start());
        probing.trigger();
        watch.set(daemon.with(
                "watches",
                ClusterWatch.start(
                        client,
                        NodeWatches.of(options.nodeName()),
                        () -> {
                            agent.clusterChanged();
                            loop.trigger();
                        },
                        metrics)));
        // Everything may have been listed before the reference was set.
        loop.trigger();
        return new Watching(Objects.requireNonNull(watch.get()), agent, loop, probing);
    }

    private static Consumer<NodeNews> telling(
            Daemon daemon,
            NodeAgentOptions options,
            KubernetesClient client,
            AttachmentRecords records,
            MeterRegistry metrics) {
        Events events = new Events(client, "l34gateway/node-agent", options.nodeName(), InstantSource.system());
        NewsTeller teller = new NewsTeller(
                new ClusterTeller(
                        new ServerSideApply(client, () -> true, metrics),
                        InstantSource.system(),
                        records.bootId(),
                        Version.current().toString()),
                events::post,
                Ticker.SYSTEM);
        ReconcileLoop loop = daemon.with(
                "telling",
                new ReconcileLoop("telling", teller, Pace.every(SPACING), Ticker.SYSTEM, metrics, Thread.ofVirtual())
                        .start());
        return news -> {
            teller.offer(news);
            loop.trigger();
        };
    }

    private static void logInstalled(List<String> changed) {
        if (!changed.isEmpty()) {
            LOG.info("plugins installed={}", changed);
        }
    }
}
