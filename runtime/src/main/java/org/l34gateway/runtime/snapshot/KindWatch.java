// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Watcher;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.l34gateway.runtime.loop.Backoff;
import org.l34gateway.runtime.loop.Ticker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the objects of one {@link Watched} true on a thread of its own. */
final class KindWatch<T extends HasMetadata> {
    private static final Logger LOG = LoggerFactory.getLogger(KindWatch.class);
    /** API servers send a bookmark about once a minute; two lost ones and some slack. */
    static final Duration SILENCE_LIMIT = Duration.ofSeconds(150);

    /** Told from the watch's threads. */
    interface Listener {
        /** An object appeared, changed or went, or the first list came. */
        void changed();

        void relisted(String why);
    }

    private final Watched<T> watched;
    private final ObjectSource<T> source;
    private final Listener listener;
    private final Ticker ticker;
    private final Backoff backoff;
    private final Duration look;
    private final Thread thread;

    private final Semaphore nudges = new Semaphore(0);
    private final Object lock = new Object();
    private final Map<String, T> objects = new HashMap<>();
    private @Nullable List<T> sorted;
    private boolean synced;
    private long refreshes;
    private long listedAfter = -1;
    private String resourceVersion = "";
    private @Nullable Stream current;
    private String trouble = "not listed yet";
    private long heardAt;
    private volatile boolean stopping;

    /** @param look how often the silence is measured while nothing happens */
    KindWatch(
            Watched<T> watched,
            ObjectSource<T> source,
            Listener listener,
            Ticker ticker,
            Backoff backoff,
            Duration look) {
        this.watched = watched;
        this.source = source;
        this.listener = listener;
        this.ticker = ticker;
        this.backoff = backoff;
        this.look = look;
        this.heardAt = ticker.nanos();
        this.thread = Thread.ofVirtual().name("watch-" + watched.name()).unstarted(this::follow);
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopping = true;
        thread.interrupt();
    }

    /** Lists again now, whatever is known; {@link #isFresh()} is false until a list that was asked for later has come. */
    void refresh() {
        synchronized (lock) {
            refreshes++;
            if (current != null) {
                current.end(new WatchEnd.Superseded());
            }
        }
        nudges.release();
    }

    /** Whether what is known was read after the last {@link #refresh()}. */
    boolean isFresh() {
        synchronized (lock) {
            return listedAfter == refreshes;
        }
    }

    Watched<T> watched() {
        return watched;
    }

    /** Sorted and unmodifiable; null before the first list. */
    @Nullable
    List<T> objects() {
        synchronized (lock) {
            if (!synced) {
                return null;
            }
            if (sorted == null) {
                sorted = objects.values().stream().sorted(Snapshot.order()).toList();
            }
            return sorted;
        }
    }

    int size() {
        synchronized (lock) {
            return objects.size();
        }
    }

    /** Since the last list, event or bookmark. */
    Duration age() {
        synchronized (lock) {
            return Duration.ofNanos(ticker.nanos() - heardAt);
        }
    }

    /** Why the list is missing or old; empty when it is good. */
    String trouble() {
        synchronized (lock) {
            return trouble;
        }
    }

    private void follow() {
        WatchCourse course = WatchCourse.start();
        while (!stopping) {
            try {
                boolean _ = nudges.tryAcquire(course.pause().toNanos(), TimeUnit.NANOSECONDS);
                course = course.relist() || !isFresh() ? list(course) : watch(course);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                // The top of this thread: a bug in a trim or in the client must not make the process deaf.
                LOG.warn("watch={} failed", watched.name(), e);
                course = ended(course, new WatchEnd.Refused(0, String.valueOf(e)));
            }
        }
    }

    private WatchCourse list(WatchCourse course) {
        long after;
        synchronized (lock) {
            after = refreshes;
        }
        return switch (source.list()) {
            case ObjectSource.Listing.Listed<T>(var listed, var version) -> {
                replaceAll(listed, version, after);
                yield course.listed();
            }
            case ObjectSource.Listing.Failed<T>(WatchEnd.NotServed end)
            when watched.optional() -> {
                replaceAll(List.of(), "", after);
                yield course.after(end, backoff);
            }
            case ObjectSource.Listing.Failed<T>(var end) -> ended(course, end);
        };
    }

    private WatchCourse watch(WatchCourse course) throws InterruptedException {
        Stream stream = new Stream();
        String from;
        synchronized (lock) {
            from = resourceVersion;
            current = stream;
            if (listedAfter != refreshes) {
                stream.end(new WatchEnd.Superseded());
            }
        }
        if (course.failures() > 0) {
            // The server may be another one by now. It would take a watch from the future, and stay silent on it until
            // it is there, so that everything in between were lost.
            switch (source.peek()) {
                case ObjectSource.Listing.Listed<T>(var _, var newest) -> {
                    if (isEarlier(newest, from)) {
                        return ended(course, new WatchEnd.Rewound());
                    }
                }
                case ObjectSource.Listing.Failed<T>(var end) -> {
                    return ended(course, end);
                }
            }
        }
        switch (source.watch(from, stream)) {
            case ObjectSource.Watching.Failed(var end) -> {
                return ended(course, end);
            }
            case ObjectSource.Watching.Open(var closer) -> {
                try {
                    synchronized (lock) {
                        trouble = "";
                        heardAt = ticker.nanos();
                    }
                    LOG.debug("watch={} open from={}", watched.name(), from);
                    WatchEnd end = stream.awaitEnd();
                    return ended(stream.heardAnything ? course.heard() : course, end);
                } finally {
                    synchronized (lock) {
                        current = null;
                    }
                    closer.run();
                }
            }
        }
    }

    private WatchCourse ended(WatchCourse course, WatchEnd end) {
        WatchCourse next = course.after(end, backoff);
        if (next.failures() == 2 || next.relist()) {
            // Later failures of the same trouble are in the metrics.
            LOG.info(
                    "watch={} end={} relist={} waitMillis={}",
                    watched.name(),
                    end,
                    next.relist(),
                    next.pause().toMillis());
        }
        if (next.failures() > 1) {
            synchronized (lock) {
                trouble = end.toString();
            }
        }
        if (next.relist()) {
            listener.relisted(end.getClass().getSimpleName());
        }
        return next;
    }

    private void replaceAll(List<T> listed, String version, long after) {
        listed.forEach(watched.trim()::trim);
        boolean news;
        synchronized (lock) {
            Map<String, T> fresh = new HashMap<>();
            listed.forEach(object -> fresh.put(keyOf(object), object));
            news = !synced || after != listedAfter || !versions(fresh).equals(versions(objects));
            objects.clear();
            objects.putAll(fresh);
            sorted = null;
            synced = true;
            listedAfter = after;
            resourceVersion = version;
            trouble = "";
            heardAt = ticker.nanos();
        }
        if (news) {
            listener.changed();
        }
    }

    private void take(Stream stream, Watcher.Action action, T object) {
        if (action != Watcher.Action.BOOKMARK) {
            watched.trim().trim(object);
        }
        LOG.debug(
                "watch={} event={} object={}",
                watched.name(),
                action,
                object.getMetadata().getName());
        synchronized (lock) {
            if (current != stream) {
                // A late event of a stream that was given up must not overwrite what a newer list said.
                return;
            }
            heardAt = ticker.nanos();
            resourceVersion = object.getMetadata().getResourceVersion();
            switch (action) {
                case ADDED, MODIFIED -> objects.put(keyOf(object), object);
                case DELETED -> objects.remove(keyOf(object));
                case BOOKMARK, ERROR -> {
                    return;
                }
            }
            sorted = null;
        }
        listener.changed();
    }

    /** Versions of one kind are numbers that grow (Kubernetes enhancement 5504). */
    private static boolean isEarlier(String version, String than) {
        return version.length() == than.length() ? version.compareTo(than) < 0 : version.length() < than.length();
    }

    private static String keyOf(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getNamespace(), "") + "/"
                + object.getMetadata().getName();
    }

    private static Map<String, String> versions(Map<String, ? extends HasMetadata> objects) {
        Map<String, String> versions = new HashMap<>();
        objects.forEach((key, object) -> versions.put(
                key, object.getMetadata().getUid() + "@" + object.getMetadata().getResourceVersion()));
        return Collections.unmodifiableMap(versions);
    }

    /** One open watch. */
    private final class Stream implements ObjectSource.Sink<T> {
        private final BlockingQueue<WatchEnd> ends = new LinkedBlockingQueue<>();
        private volatile boolean heardAnything;

        @Override
        public void event(Watcher.Action action, T object) {
            heardAnything = true;
            take(this, action, object);
        }

        @Override
        public void end(WatchEnd end) {
            ends.add(end);
        }

        WatchEnd awaitEnd() throws InterruptedException {
            while (true) {
                WatchEnd end = ends.poll(look.toNanos(), TimeUnit.NANOSECONDS);
                if (end != null) {
                    return end;
                }
                if (age().compareTo(SILENCE_LIMIT) > 0) {
                    return new WatchEnd.Deaf();
                }
            }
        }
    }
}
