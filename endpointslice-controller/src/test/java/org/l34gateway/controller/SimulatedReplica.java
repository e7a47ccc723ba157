// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.l34gateway.runtime.loop.Ticker;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.runtime.write.ClusterWriter;
import org.l34gateway.runtime.write.Events;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.WritesForbidden;
import org.l34gateway.runtime.write.Written;

/** A replica of the controller: the real loop, on watches that are behind and on writes to which the test does things. */
final class SimulatedReplica {
    /** What becomes of one write: the test may let others write first, refuse it, or let its answer get lost. */
    interface Fate {
        Written<EndpointSlice> of(SimulatedReplica writer, Supplier<Written<EndpointSlice>> write);
    }

    private final MemoryCluster cluster;
    private final List<HasMetadata> configuration;
    private final Random dice;
    private final Fate fate;
    private final ControllerLoop loop;
    private long slicesSeen;
    private long podsSeen;
    private boolean slicesWanted;
    private boolean podsWanted;
    private long term;

    /** @param configuration Gateway, route and Service; seen at once */
    SimulatedReplica(
            MemoryCluster cluster,
            List<HasMetadata> configuration,
            KubernetesClient nowhere,
            Ticker ticker,
            Random dice,
            Fate fate) {
        this.cluster = cluster;
        this.configuration = configuration;
        this.dice = dice;
        this.fate = fate;
        this.slicesSeen = cluster.version();
        this.podsSeen = cluster.version();
        LongSupplier present = () -> term;
        Writes writes = new Writes(new Writer(), new Events(nowhere, "test", "test", Instant::now));
        this.loop = new ControllerLoop(new View(), present, writes, _ -> {}, ticker);
    }

    void lead(long number) {
        term = number;
    }

    boolean leads() {
        return term != 0;
    }

    /** The watches come nearer to the present, each by itself; a list that is wanted may come. */
    void hear() {
        slicesSeen = nearer(slicesSeen);
        podsSeen = nearer(podsSeen);
        if (slicesWanted && dice.nextBoolean()) {
            slicesSeen = cluster.version();
            slicesWanted = false;
        }
        if (podsWanted && dice.nextBoolean()) {
            podsSeen = cluster.version();
            podsWanted = false;
        }
    }

    void hearEverything() {
        slicesSeen = cluster.version();
        podsSeen = cluster.version();
        slicesWanted = false;
        podsWanted = false;
    }

    private long nearer(long seen) {
        return dice.nextInt(4) == 0 ? seen : seen + dice.nextLong(cluster.version() - seen + 1);
    }

    /** One run. Where the test lets the writes end is its end too; the next run goes on from what is written. */
    void run() {
        try {
            loop.reconcile();
        } catch (WritesForbidden e) {
            // The loop that runs it would log this and run it again.
            return;
        }
    }

    private final class View implements ControllerLoop.View {
        @Override
        public Optional<Snapshot> snapshot() {
            if (slicesWanted || podsWanted) {
                return Optional.empty();
            }
            List<HasMetadata> objects = new ArrayList<>(configuration);
            objects.addAll(cluster.slicesAt(slicesSeen));
            objects.addAll(cluster.podsAt(podsSeen));
            return Optional.of(Snapshot.of(objects.toArray(HasMetadata[]::new)));
        }

        @Override
        public void refresh() {
            slicesWanted = true;
            podsWanted = true;
        }
    }

    private final class Writer implements ClusterWriter {
        @Override
        public <T extends HasMetadata> Written<T> apply(T object, FieldManager manager, boolean force) {
            return written(object, cluster::apply);
        }

        @Override
        public <T extends HasMetadata> Written<T> create(T object) {
            return written(object, cluster::create);
        }

        @Override
        public <T extends HasMetadata> Written<T> delete(T object) {
            return written(object, cluster::delete);
        }

        @Override
        public <T extends HasMetadata> Written<T> applyStatus(T object, FieldManager manager, boolean force) {
            throw new AssertionError("this loop writes slices only");
        }

        @SuppressWarnings("unchecked") // this loop writes slices only
        private <T> Written<T> written(T object, Function<EndpointSlice, Written<EndpointSlice>> how) {
            if (!leads()) {
                throw new WritesForbidden("deposed");
            }
            return (Written<T>) fate.of(SimulatedReplica.this, () -> how.apply((EndpointSlice) object));
        }
    }
}
