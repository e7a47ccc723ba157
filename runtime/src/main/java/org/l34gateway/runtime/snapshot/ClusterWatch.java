// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.l34gateway.runtime.health.Check;
import org.l34gateway.runtime.health.Verdict;
import org.l34gateway.runtime.loop.Backoff;
import org.l34gateway.runtime.loop.Ticker;

/**
 * Watches several kinds and gives {@link Snapshot}s. There is no snapshot before every kind was listed once; after that
 * there always is one, during an outage of the API server the last one; only {@link #refresh()} takes it away for a while.
 *
 * <p>Metrics per watch: {@code l34_watch_age_seconds} since the last event or bookmark, {@code l34_watch_objects},
 * {@code l34_watch_relists_total} by reason.
 */
public final class ClusterWatch implements AutoCloseable {
    /** An API server that comes back is heard again within about this. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private static final Duration LOOK = Duration.ofSeconds(5);

    private final List<KindWatch<?>> watches = new ArrayList<>();

    private ClusterWatch() {}

    /**
     * Starts watching and returns at once.
     *
     * @param onChange called after changes, from any thread, and only once every kind was listed; it must return at once
     *     ({@code ReconcileLoop::trigger})
     */
    public static ClusterWatch start(
            KubernetesClient client, List<? extends Watched<?>> kinds, Runnable onChange, MeterRegistry metrics) {
        ClusterWatch watch = new ClusterWatch();
        Runnable whenSynced = () -> {
            if (watch.snapshot().isPresent()) {
                onChange.run();
            }
        };
        kinds.forEach(kind -> watch.watches.add(watch.of(client, kind, whenSynced, metrics)));
        watch.watches.forEach(KindWatch::start);
        return watch;
    }

    private <T extends HasMetadata> KindWatch<T> of(
            KubernetesClient client, Watched<T> kind, Runnable onChange, MeterRegistry metrics) {
        KindWatch.Listener listener = new KindWatch.Listener() {
            @Override
            public void changed() {
                onChange.run();
            }

            @Override
            public void relisted(String why) {
                metrics.counter("l34.watch.relists", "watch", kind.name(), "why", why)
                        .increment();
            }
        };
        Backoff backoff = new Backoff(Duration.ofMillis(100), LONGEST_WAIT, new SplittableRandom());
        KindWatch<T> watch =
                new KindWatch<>(kind, new KubernetesSource<>(client, kind), listener, Ticker.SYSTEM, backoff, LOOK);
        Gauge.builder("l34.watch.age.seconds", watch, w -> w.age().toMillis() / 1000.0)
                .tag("watch", kind.name())
                .register(metrics);
        Gauge.builder("l34.watch.objects", watch, KindWatch::size)
                .tag("watch", kind.name())
                .register(metrics);
        return watch;
    }

    /**
     * Lists every kind again. There is no snapshot until all of these lists have come, so that the next one holds
     * everything that was written before this call, by whomever. Then {@code onChange} is called.
     */
    public void refresh() {
        watches.forEach(KindWatch::refresh);
    }

    /** The present state; empty until every kind was listed once, and since the last {@link #refresh()}. */
    public Optional<Snapshot> snapshot() {
        Map<Watched<?>, List<? extends HasMetadata>> lists = new LinkedHashMap<>();
        for (KindWatch<?> watch : watches) {
            List<? extends HasMetadata> objects = watch.objects();
            if (objects == null || !watch.isFresh()) {
                return Optional.empty();
            }
            lists.put(watch.watched(), objects);
        }
        return Optional.of(Snapshot.ofWatches(lists));
    }

    /** Unhealthy until every kind was listed once; an outage later does not matter here. */
    public Check synced() {
        return () -> {
            for (KindWatch<?> watch : watches) {
                if (watch.objects() == null) {
                    return Verdict.unhealthy(watch.watched().name() + ": " + watch.trouble());
                }
            }
            return Verdict.healthy();
        };
    }

    @Override
    public void close() {
        watches.forEach(KindWatch::stop);
    }
}
