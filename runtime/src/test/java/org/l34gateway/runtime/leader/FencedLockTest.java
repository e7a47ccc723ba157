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
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
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
            new Stored("me", stored, ticks),
            LeaseTerms.QUICK,
            ticks::get,
            () -> WALL.plusNanos(ticks.get()),
            begins::incrementAndGet);

    /** The API server's Lease, as one replica reads and writes it. */
    private final class Stored implements Lock {
        private final String identity;
        private final AtomicReference<@Nullable LeaderElectionRecord> lease;
        private final AtomicLong time;

        Stored(String identity, AtomicReference<@Nullable LeaderElectionRecord> lease, AtomicLong time) {
            this.identity = identity;
            this.lease = lease;
            this.time = time;
        }

        @Override
        public @Nullable LeaderElectionRecord get(KubernetesClient client) {
            return lease.get();
        }

        @Override
        public void create(KubernetesClient client, LeaderElectionRecord record) {
            update(client, record);
        }

        @Override
        public void update(KubernetesClient client, LeaderElectionRecord record) {
            time.addAndGet(requestTakes.get());
            lease.set(record);
        }

        @Override
        public String identity() {
            return identity;
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
        ticks.addAndGet(Duration.ofMillis(999).toNanos());
        assertThat(lock.valid()).isTrue();
        ticks.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(lock.valid()).as("2 s after the request began").isFalse();
    }

    @Test
    void a_renewal_prolongs_and_a_release_ends_the_right_to_write() {
        lock.create(NO_CLIENT, record("me", WALL));
        ticks.addAndGet(Duration.ofMillis(1_900).toNanos());
        lock.update(NO_CLIENT, record("me", WALL));
        ticks.addAndGet(Duration.ofMillis(1_900).toNanos());
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
        assertThatIllegalArgumentException()
                .as("the Lease would say 2 s")
                .isThrownBy(() -> new LeaseTerms(Duration.ofMillis(2_900), second, Duration.ofMillis(10)));
    }

    @Test
    void a_dead_leader_is_replaced_within_five_seconds_with_time_left_for_the_requests() {
        assertThat(LeaseTerms.QUICK.replacedWithin()).isEqualTo(Duration.ofMillis(4_320));
    }

    @Test
    void whenever_a_candidate_may_take_the_lease_the_leader_has_stopped_for_a_second() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            AtomicLong time = new AtomicLong(dice.nextLong());
            long skew = dice.nextLong();
            AtomicReference<@Nullable LeaderElectionRecord> lease = new AtomicReference<>();
            FencedLock leader = new FencedLock(
                    new Stored("leader", lease, time),
                    LeaseTerms.QUICK,
                    time::get,
                    () -> WALL.plusNanos(dice.nextInt()),
                    () -> {});
            FencedLock candidate = new FencedLock(
                    new Stored("candidate", lease, time),
                    LeaseTerms.QUICK,
                    () -> time.get() + skew,
                    () -> WALL,
                    () -> {});
            requestTakes.set(dice.nextInt(1_000_000_000));
            // No two renewals say the same time, or a candidate would not see the second.
            Instant[] renewal = {WALL};
            Supplier<Instant> next = () -> renewal[0] = renewal[0].plusSeconds(1 + dice.nextInt(10_000));
            leader.create(NO_CLIENT, record("leader", next.get()));
            long stopped = 0;
            while (true) {
                if (!leader.valid() && stopped == 0) {
                    stopped = time.get();
                }
                LeaderElectionRecord seen = candidate.get(NO_CLIENT);
                assertThat(seen).isNotNull();
                if (Duration.between(seen.getRenewTime().toInstant(), WALL).compareTo(LeaseTerms.QUICK.lease()) >= 0) {
                    break;
                }
                if (dice.nextInt(40) == 0 && leader.valid()) {
                    leader.update(NO_CLIENT, record("leader", next.get()));
                }
                time.addAndGet(10_000_000);
            }
            assertThat(time.get() - stopped).as("seed %d", seed).isGreaterThanOrEqualTo(990_000_000);
        }
    }
}
