// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.node.probe.NextHopProbes;
import org.l34gateway.node.sandbox.LinuxSandboxes;
import org.l34gateway.runtime.loop.Pace;
import org.l34gateway.runtime.loop.ReconcileLoop;
import org.l34gateway.runtime.loop.Reconciler;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.write.ClusterWriter;

/** All loops of node-agent at their own pace, over real namespaces; the cluster is what a test says. */
final class RunningAgent implements AutoCloseable {
    private final PodThreads threads = new PodThreads(NodeAgentMain.POD_THREADS);
    private final NextHopProbes probes;
    private final NodeAgent agent;
    private final ReconcileLoop deciding;
    private final ReconcileLoop telling;
    private final ReconcileLoop probing;
    private final MeterRegistry metrics;

    /** @param folder has {@code netns} with the runtime's mounts; records come below {@code data} */
    RunningAgent(Path folder, Supplier<Snapshot> cluster, ClusterWriter writer, MeterRegistry metrics) {
        this.metrics = metrics;
        AttachmentRecords records = new AttachmentRecords(
                new JvmHost(), folder.resolve("data/attachments").toString(), NodeAgentMain.LOCK_WAIT_MILLIS);
        NewsTeller teller = new NewsTeller(
                new ClusterTeller(writer, InstantSource.system(), records.bootId(), "1"), _ -> {}, Ticker.SYSTEM);
        telling = loop("telling", teller);
        AtomicReference<@Nullable ReconcileLoop> pods = new AtomicReference<>();
        probes = new NextHopProbes(
                records.host(),
                Ticker.SYSTEM,
                metrics,
                () -> Objects.requireNonNull(pods.get()).trigger());
        agent = new NodeAgent(
                () -> Optional.of(NodeView.of(cluster.get(), "node-a")),
                new LinuxSandboxes(records, folder.resolve("netns")),
                probes,
                news -> {
                    teller.offer(news);
                    telling.trigger();
                },
                threads,
                Ticker.SYSTEM,
                metrics);
        deciding = loop("pods", agent);
        pods.set(deciding);
        probing = loop("probes", probes);
        deciding.trigger();
        probing.trigger();
    }

    private ReconcileLoop loop(String name, Reconciler reconciler) {
        Pace pace = Pace.every(Duration.ofMillis(100));
        return new ReconcileLoop(name, reconciler, pace, Ticker.SYSTEM, metrics, Thread.ofPlatform()).start();
    }

    /** What a watch does when an object changes. */
    void clusterChanged() {
        agent.clusterChanged();
        deciding.trigger();
    }

    /** Waits for something that must come within this time; gives how long it took. */
    static long awaitMillis(String what, Duration limit, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - began).as(what).isLessThan(limit.toNanos());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    @Override
    public void close() {
        List.of(probing, deciding, telling).forEach(ReconcileLoop::close);
        probes.close();
        threads.close();
    }
}
