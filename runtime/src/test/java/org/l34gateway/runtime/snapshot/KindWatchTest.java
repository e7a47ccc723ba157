// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.runtime.snapshot.FakeSource.configMap;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.client.Watcher.Action;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.l34gateway.runtime.loop.Backoff;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class KindWatchTest {
    private final FakeSource source = new FakeSource();
    private final AtomicLong now = new AtomicLong();
    private final Semaphore changes = new Semaphore(0);
    private final Semaphore relists = new Semaphore(0);
    private final KindWatch<ConfigMap> watch = new KindWatch<>(
            Watched.everywhere(ConfigMap.class),
            source,
            new KindWatch.Listener() {
                @Override
                public void changed() {
                    changes.release();
                }

                @Override
                public void relisted(String why) {
                    relists.release();
                }
            },
            now::get,
            new Backoff(Duration.ofNanos(1), Duration.ofNanos(2), new SplittableRandom(1)),
            Duration.ofMillis(5));

    @AfterEach
    void stop() {
        watch.stop();
    }

    private List<String> names() {
        List<ConfigMap> objects = watch.objects();
        return objects == null
                ? List.of("not synced")
                : objects.stream()
                        .map(o -> o.getMetadata().getName() + "@"
                                + o.getMetadata().getResourceVersion())
                        .toList();
    }

    @Test
    void nothing_is_known_before_the_first_list() throws Exception {
        assertThat(watch.objects()).isNull();
        source.willList("7");
        watch.start();
        changes.acquire();
        assertThat(watch.objects()).isEmpty();
    }

    @Test
    void events_change_the_sorted_list_and_bookmarks_only_move_the_version() throws Exception {
        source.willList("7", configMap("b", "3"));
        watch.start();
        changes.acquire();
        var stream = source.nextAsked();
        assertThat(stream.what()).isEqualTo("watch from 7");

        ConfigMap fat = configMap("a", "8");
        fat.getMetadata().setManagedFields(List.of(new ManagedFieldsEntryBuilder().build()));
        stream.sink().event(Action.ADDED, fat);
        stream.sink().event(Action.MODIFIED, configMap("b", "9"));
        stream.sink().event(Action.BOOKMARK, configMap("", "20"));
        changes.acquire(2);
        assertThat(names()).containsExactly("a@8", "b@9");
        assertThat(watch.objects())
                .isUnmodifiable()
                .allMatch(o -> o.getMetadata().getManagedFields().isEmpty());
        assertThat(changes.availablePermits()).isZero();

        stream.sink().event(Action.DELETED, configMap("a", "21"));
        changes.acquire();
        assertThat(names()).containsExactly("b@9");

        stream.sink().end(new WatchEnd.Closed());
        assertThat(source.nextAsked().what()).isEqualTo("closed");
        assertThat(source.nextAsked().what()).isEqualTo("watch from 21");
    }

    @Test
    void a_silent_watch_is_replaced_by_a_new_list_and_its_late_events_do_not_count() throws Exception {
        source.willList("7", configMap("old", "3"));
        watch.start();
        changes.acquire();
        var deaf = source.nextAsked();

        source.willList("50", configMap("new", "40"));
        // The watch may take note of its own opening after the first step of the clock.
        do {
            now.addAndGet(KindWatch.SILENCE_LIMIT.plusSeconds(1).toNanos());
        } while (!changes.tryAcquire(20, TimeUnit.MILLISECONDS));
        relists.acquire();
        assertThat(names()).containsExactly("new@40");
        assertThat(source.nextAsked().what()).isEqualTo("closed");
        assertThat(source.nextAsked().what()).isEqualTo("watch from 50");

        deaf.sink().event(Action.ADDED, configMap("ghost", "8"));
        assertThat(names()).containsExactly("new@40");
    }

    @Test
    void bookmarks_keep_a_quiet_watch_alive() throws Exception {
        source.willList("7");
        watch.start();
        changes.acquire();
        var stream = source.nextAsked();
        for (int i = 0; i < 10; i++) {
            now.addAndGet(Duration.ofSeconds(60).toNanos());
            stream.sink().event(Action.BOOKMARK, configMap("", "" + (10 + i)));
        }
        assertThat(watch.age()).isZero();
        assertThat(relists.availablePermits()).isZero();
    }

    @Test
    void a_version_that_is_too_old_lists_again_and_an_equal_list_is_no_news() throws Exception {
        source.willList("7", configMap("a", "3"));
        watch.start();
        changes.acquire();
        source.willList("90", configMap("a", "3"));
        source.nextAsked().sink().end(new WatchEnd.Expired());
        assertThat(source.nextAsked().what()).isEqualTo("closed");
        assertThat(source.nextAsked().what()).isEqualTo("watch from 90");
        assertThat(changes.availablePermits()).isZero();
        assertThat(names()).containsExactly("a@3");
    }

    @Test
    void what_vanished_while_nobody_watched_vanishes_with_the_next_list() throws Exception {
        source.willList("7", configMap("a", "3"), configMap("b", "4"));
        watch.start();
        changes.acquire();
        source.willList("90", configMap("b", "4"));
        source.nextAsked().sink().end(new WatchEnd.Refused(504, "Too large resource version"));
        changes.acquire();
        assertThat(names()).containsExactly("b@4");
    }

    @Test
    void a_version_from_before_ours_lists_again_because_etcd_was_restored() throws Exception {
        source.willList("100", configMap("a", "90"), configMap("b", "99"));
        watch.start();
        changes.acquire();
        var stream = source.nextAsked();
        source.willList("12", configMap("a", "3"));
        source.newest = "12";
        stream.sink().end(new WatchEnd.Unreachable("reset"));
        changes.acquire();
        assertThat(names()).containsExactly("a@3");
        assertThat(source.nextAsked().what()).isEqualTo("closed");
        assertThat(source.nextAsked().what()).isEqualTo("watch from 12");
    }

    @Test
    void a_refresh_lists_again_and_is_told_even_when_nothing_is_new() throws Exception {
        source.willList("7", configMap("a", "3"));
        watch.start();
        changes.acquire();
        assertThat(watch.isFresh()).isTrue();
        var stream = source.nextAsked();
        watch.refresh();
        assertThat(watch.isFresh()).isFalse();
        assertThat(names()).as("what was known").containsExactly("a@3");
        assertThat(source.nextAsked().what()).isEqualTo("closed");
        stream.sink().event(Action.ADDED, configMap("late", "8"));
        source.willList("9", configMap("a", "3"));
        changes.acquire();
        assertThat(watch.isFresh()).isTrue();
        assertThat(names()).containsExactly("a@3");
        assertThat(source.nextAsked().what()).isEqualTo("watch from 9");
    }

    @Test
    void a_list_that_was_asked_for_before_the_refresh_does_not_count() throws Exception {
        watch.start();
        source.listing.acquire();
        watch.refresh();
        source.willList("7", configMap("a", "3"));
        changes.acquire();
        assertThat(watch.isFresh()).isFalse();
        source.willList("8", configMap("a", "3"));
        changes.acquire();
        assertThat(watch.isFresh()).isTrue();
    }

    @Test
    void an_outage_keeps_the_last_list_and_says_why() throws Exception {
        source.willList("7", configMap("a", "3"));
        watch.start();
        changes.acquire();
        source.listings.add(new ObjectSource.Listing.Failed<>(new WatchEnd.Refused(500, "etcd is away")));
        source.nextAsked().sink().end(new WatchEnd.Expired());
        source.listings.add(new ObjectSource.Listing.Failed<>(new WatchEnd.Refused(500, "etcd is away")));
        relists.acquire(3);
        assertThat(names()).containsExactly("a@3");
        assertThat(watch.trouble()).contains("etcd is away");
    }
}
