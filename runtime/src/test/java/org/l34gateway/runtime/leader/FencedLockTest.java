// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FencedLockTest {
    private static final Instant WALL = Instant.parse("2026-11-23T07:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong ticks = new AtomicLong();
    private final AtomicReference<@Nullable LeaderElectionRecord> stored = new AtomicReference<>();
    private final AtomicLong begins = new AtomicLong();
    private final AtomicLong requestTakes = new AtomicLong();
    private final FencedLock lock = new FencedLock(
            new Stored(), LeaseTerms.QUICK, ticks::get, () -> WALL.plusNanos(ticks.get()), begins::incrementAndGet);

    /** The API server's Lease. */
    private final class Stored implements Lock {
        @Override
        public @Nullable LeaderElectionRecord get(KubernetesClient client) {
            return stored.get();
        }

        @Override
        public void create(KubernetesClient client, LeaderElectionRecord record) {
            update(client, record);
        }

        @Override
        public void update(KubernetesClient client, LeaderElectionRecord record) {
            ticks.addAndGet(requestTakes.get());
            stored.set(record);
        }

        @Override
        public String identity() {
            return "me";
        }

        @Override
        public String describe() {
            return "test";
        }
    }

    @SuppressWarnings("NullAway") // The lock under test only passes the client on.
    private static final KubernetesClient NO_CLIENT = null;

    private static LeaderElectionRecord record(String holder, Instant renewed) {
        ZonedDateTime time = ZonedDateTime.ofInstant(renewed, ZoneOffset.UTC);
        return new LeaderElectionRecord(holder, Duration.ofSeconds(5), time, time, 0);
    }

    private Duration ageOfStored() {
        LeaderElectionRecord seen = lock.get(NO_CLIENT);
        assertThat(seen).isNotNull();
        return Duration.between(seen.getRenewTime().toInstant(), WALL.plusNanos(ticks.get()));
    }

    @Test
    void the_right_to_write_ends_by_our_own_clock_counted_from_before_the_renewal_was_sent() {
        requestTakes.set(Duration.ofSeconds(1).toNanos());
        lock.update(NO_CLIENT, record("me", WALL));
        assertThat(lock.valid()).isTrue();
        ticks.addAndGet(Duration.ofMillis(1_999).toNanos());
        assertThat(lock.valid()).isTrue();
        ticks.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(lock.valid()).as("3 s after the request began").isFalse();
    }

    @Test
    void a_renewal_prolongs_and_a_release_ends_the_right_to_write() {
        lock.create(NO_CLIENT, record("me", WALL));
        ticks.addAndGet(Duration.ofSeconds(2).toNanos());
        lock.update(NO_CLIENT, record("me", WALL));
        ticks.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(lock.valid()).isTrue();
        lock.letGo();
        assertThat(lock.valid()).isFalse();
    }

    @Test
    void holding_begins_with_the_write_and_not_with_the_sight_of_our_own_name() {
        stored.set(record("me", WALL));
        assertThat(lock.get(NO_CLIENT)).isNotNull();
        assertThat(lock.valid()).isFalse();
        assertThat(begins).hasValue(0);
        lock.update(NO_CLIENT, record("me", WALL));
        lock.update(NO_CLIENT, record("me", WALL));
        assertThat(begins).hasValue(1);
        ticks.addAndGet(Duration.ofSeconds(4).toNanos());
        lock.update(NO_CLIENT, record("me", WALL));
        assertThat(begins).as("after a pause in which nothing could be written").hasValue(2);
        assertThat(lock.term()).as("somebody else may have led in the pause").isEqualTo(2);
    }

    @Test
    @SuppressWarnings("NullAway") // fabric8 releases with a record without holder
    void a_released_lease_is_free_at_once() {
        lock.update(NO_CLIENT, record("me", WALL));
        ZonedDateTime time = ZonedDateTime.ofInstant(WALL, ZoneOffset.UTC);
        lock.update(NO_CLIENT, new LeaderElectionRecord(null, Duration.ofSeconds(1), time, time, 0));
        assertThat(lock.valid()).isFalse();
        assertThat(stored.get()).isNotNull();
        assertThat(stored.get().getHolderIdentity())
                .as("what a merge patch can write")
                .isNotEmpty();
        LeaderElectionRecord seen = lock.get(NO_CLIENT);
        assertThat(seen).isNotNull();
        assertThat(seen.getHolderIdentity()).isNull();
    }

    @Test
    void seeing_another_holder_ends_the_right_to_write_at_once() {
        lock.create(NO_CLIENT, record("me", WALL));
        stored.set(record("other", WALL));
        LeaderElectionRecord _ = lock.get(NO_CLIENT);
        assertThat(lock.valid()).isFalse();
    }

    @Test
    void a_holder_whose_clock_is_behind_is_not_dead_and_one_ahead_does_not_live_for_ever() {
        stored.set(record("other", WALL.minus(HOUR)));
        assertThat(ageOfStored()).isZero();
        ticks.addAndGet(Duration.ofSeconds(4).toNanos());
        assertThat(ageOfStored()).isEqualTo(Duration.ofSeconds(4));
        stored.set(record("other", WALL.plus(HOUR)));
        assertThat(ageOfStored()).isZero();
        ticks.addAndGet(Duration.ofSeconds(6).toNanos());
        assertThat(ageOfStored()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void terms_under_which_two_could_lead_are_refused() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new LeaseTerms(second, second, Duration.ofMillis(10)));
        assertThatIllegalArgumentException().isThrownBy(() -> new LeaseTerms(HOUR, second, second));
    }
}
