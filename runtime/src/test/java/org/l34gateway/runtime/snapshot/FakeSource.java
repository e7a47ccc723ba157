// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A source that does what the test says and tells it what was asked. */
final class FakeSource implements ObjectSource<ConfigMap> {
    record Asked(String what, Sink<ConfigMap> sink) {}

    final BlockingQueue<Listing<ConfigMap>> listings = new LinkedBlockingQueue<>();
    volatile String newest = "1000";
    final Semaphore listing = new Semaphore(0);
    final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

    static ConfigMap configMap(String name, String version) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName(name)
                .withUid("uid-" + name)
                .withResourceVersion(version)
                .endMetadata()
                .build();
    }

    void willList(String version, ConfigMap... objects) {
        listings.add(new Listing.Listed<>(List.of(objects), version));
    }

    Asked nextAsked() throws InterruptedException {
        Asked next = asked.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing was asked for 10 s");
        }
        return next;
    }

    @Override
    public Listing<ConfigMap> list() {
        listing.release();
        try {
            return listings.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Listing.Failed<>(new WatchEnd.Unreachable("interrupted"));
        }
    }

    @Override
    public Listing<ConfigMap> peek() {
        return new Listing.Listed<>(List.of(), newest);
    }

    @Override
    public Watching watch(String resourceVersion, Sink<ConfigMap> sink) {
        asked.add(new Asked("watch from " + resourceVersion, sink));
        return new Watching.Open(() -> asked.add(new Asked("closed", sink)));
    }
}
