// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.leader;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.process.ClusterConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of several replicas leads, by a Lease. {@link #held()} is what every write asks: it turns false by this process'
 * own clock when a renewal is late, before anybody else may lead. Who lost goes on as a candidate.
 *
 * <p>Metric: {@code l34_leader} is 1 while this process leads.
 */
public final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final KubernetesClient client;
    private final LeaseTerms terms;
    private final FencedLock lock;
    private final Runnable onChange;
    private final Thread thread;
    private volatile @Nullable CompletableFuture<?> term;
    private volatile boolean stopping;

    private Leadership(KubernetesClient client, LeaseTerms terms, FencedLock lock, Runnable onChange) {
        // A request that hangs is given up while there is time for another one, on a new connection.
        this.client = ClusterConnection.another(client, terms.requestTimeout());
        this.terms = terms;
        this.lock = lock;
        this.onChange = onChange;
        this.thread = Thread.ofVirtual().name("leadership").unstarted(this::standAgainAndAgain);
    }

    /**
     * Starts as a candidate and returns at once.
     *
     * @param leaseName name of the Lease in {@code namespace}
     * @param identity this replica: the pod's name
     * @param onChange called when this process begins or ends to lead ({@code ReconcileLoop::trigger})
     */
    public static Leadership start(
            KubernetesClient client,
            String namespace,
            String leaseName,
            String identity,
            LeaseTerms terms,
            Runnable onChange,
            MeterRegistry metrics) {
        FencedLock lock = new FencedLock(
                new LeaseLock(namespace, leaseName, identity), terms, Ticker.SYSTEM, InstantSource.system(), () -> {
                    LOG.info("leading identity={}", identity);
                    onChange.run();
                });
        Leadership leadership = new Leadership(client, terms, lock, onChange);
        Gauge.builder("l34.leader", leadership, l -> l.held() ? 1 : 0).register(metrics);
        leadership.thread.start();
        return leadership;
    }

    /** Whether this process may write now. */
    public boolean held() {
        return !stopping && lock.valid();
    }

    /**
     * The number of the present term, 0 while this process may not write. A term that ends and begins again while nobody
     * looks has another number: somebody else may have led and written in between.
     */
    public long term() {
        long term = lock.term();
        return held() ? term : 0;
    }

    /** Gives the lease back, so that another replica leads at once. Close the loop that writes before. */
    @Override
    public void close() {
        stopping = true;
        CompletableFuture<?> running = term;
        if (running != null) {
            running.cancel(true);
        }
        thread.interrupt();
        try {
            thread.join(terms.lease());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }

    private void standAgainAndAgain() {
        LeaderElectionConfig config = new LeaderElectionConfigBuilder()
                .withName("l34")
                .withLock(lock)
                .withLeaseDuration(terms.lease())
                .withRenewDeadline(terms.renewDeadline())
                .withRetryPeriod(terms.retry())
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(new LeaderCallbacks(() -> {}, this::ended, this::changed))
                .build();
        while (!stopping) {
            // An elector serves one term only.
            CompletableFuture<?> running =
                    client.leaderElector().withConfig(config).build().start();
            term = running;
            if (stopping) {
                running.cancel(true);
            }
            try {
                running.get();
            } catch (CancellationException | ExecutionException e) {
                LOG.debug("term ended", e);
            } catch (InterruptedException e) {
                running.cancel(true);
                return;
            }
            lock.letGo();
            pause();
        }
    }

    private void changed(@Nullable String leader) {
        LOG.info("leader={}", leader);
    }

    private void ended() {
        lock.letGo();
        LOG.info("no longer leading identity={}", lock.identity());
        onChange.run();
    }

    private void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(terms.retry().toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
