// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lists and watches through fabric8's client. Its own reconnecting is off: every end is reported. */
final class KubernetesSource<T extends HasMetadata> implements ObjectSource<T> {
    /** The server closes a watch after this and up to as much again, so that processes do not come back together. */
    private static final long WATCH_SECONDS = 300;
    /** fabric8 waits for ever for a server that accepted the connection and says nothing. */
    private static final long OPEN_SECONDS = 15;

    private final KubernetesClient client;
    private final Watched<T> watched;

    KubernetesSource(KubernetesClient client, Watched<T> watched) {
        this.client = client;
        this.watched = watched;
    }

    @Override
    public Listing<T> list() {
        try {
            // Without a resourceVersion the answer is not older than anything that anyone has seen.
            return listed(requests().list());
        } catch (KubernetesClientException e) {
            return new Listing.Failed<>(endOf(e));
        }
    }

    @Override
    public Listing<T> peek() {
        try {
            return listed(requests().list(new ListOptionsBuilder().withLimit(1L).build()));
        } catch (KubernetesClientException e) {
            return new Listing.Failed<>(endOf(e));
        }
    }

    private static <T extends HasMetadata> Listing<T> listed(KubernetesResourceList<T> list) {
        return new Listing.Listed<>(list.getItems(), list.getMetadata().getResourceVersion());
    }

    @Override
    public Watching watch(String resourceVersion, Sink<T> sink) {
        ListOptions options = new ListOptionsBuilder()
                .withResourceVersion(resourceVersion)
                .withAllowWatchBookmarks(true)
                .withTimeoutSeconds(WATCH_SECONDS + ThreadLocalRandom.current().nextLong(WATCH_SECONDS))
                .build();
        CompletableFuture<Watch> opening = new CompletableFuture<>();
        Thread.ofVirtual().name("open-watch").start(() -> {
            try {
                Watch watch = requests().watch(options, reportingTo(sink));
                if (!opening.complete(watch)) {
                    watch.close();
                }
            } catch (KubernetesClientException e) {
                opening.completeExceptionally(e);
            }
        });
        try {
            Watch watch = opening.get(OPEN_SECONDS, TimeUnit.SECONDS);
            return new Watching.Open(watch::close);
        } catch (ExecutionException e) {
            return new Watching.Failed(
                    e.getCause() instanceof KubernetesClientException refusal
                            ? endOf(refusal)
                            : new WatchEnd.Unreachable(String.valueOf(e.getCause())));
        } catch (TimeoutException e) {
            opening.cancel(false);
            return new Watching.Failed(new WatchEnd.Unreachable("no answer to watch in " + OPEN_SECONDS + " s"));
        } catch (InterruptedException e) {
            opening.cancel(false);
            Thread.currentThread().interrupt();
            return new Watching.Failed(new WatchEnd.Unreachable("interrupted"));
        }
    }

    private FilterWatchListDeletable<T, ? extends KubernetesResourceList<T>, Resource<T>> requests() {
        var all = client.resources(watched.kind());
        FilterWatchListDeletable<T, ? extends KubernetesResourceList<T>, Resource<T>> requests =
                watched.namespace() == null ? all.inAnyNamespace() : all.inNamespace(watched.namespace());
        if (!watched.labelSelector().isEmpty()) {
            requests = requests.withLabelSelector(watched.labelSelector());
        }
        return watched.fields().isEmpty() ? requests : requests.withFields(watched.fields());
    }

    private static <T> Watcher<T> reportingTo(Sink<T> sink) {
        return new Watcher<>() {
            @Override
            public void eventReceived(Action action, T object) {
                sink.event(action, object);
            }

            @Override
            public void onClose() {
                sink.end(new WatchEnd.Closed());
            }

            @Override
            public void onClose(WatcherException cause) {
                sink.end(endOf(cause));
            }
        };
    }

    private static WatchEnd endOf(WatcherException cause) {
        if (cause.isHttpGone()) {
            return new WatchEnd.Expired();
        }
        return switch (cause.getCause()) {
            case KubernetesClientException refusal -> endOf(refusal);
            // With reconnecting switched off fabric8 reports a normal end of the stream in this way.
            case null -> new WatchEnd.Closed();
            default -> new WatchEnd.Unreachable(String.valueOf(cause.getCause()));
        };
    }

    private static WatchEnd endOf(KubernetesClientException e) {
        return switch (e.getCode()) {
            case HttpURLConnection.HTTP_GONE -> new WatchEnd.Expired();
            case HttpURLConnection.HTTP_NOT_FOUND -> new WatchEnd.NotServed();
            case 0 -> new WatchEnd.Unreachable(String.valueOf(e.getMessage()));
            default -> new WatchEnd.Refused(e.getCode(), String.valueOf(e.getMessage()));
        };
    }
}
