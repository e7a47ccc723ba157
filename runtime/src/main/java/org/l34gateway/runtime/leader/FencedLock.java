// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.leader;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.l34gateway.runtime.loop.Ticker;

/**
 * A lock that cures two habits of fabric8's elector. It compares the holder's clock with ours: here a record is as old as
 * the time since we saw it change (as client-go does), so that clocks may differ. And a renewal that hangs does not tell
 * it that time is up: here {@link #valid()} answers from our own monotonic clock, counted from before the last renewal
 * that succeeded was sent.
 *
 * <p>It also says itself when holding begins: the elector says so before it has written anything when it finds its own
 * name in the Lease, as a restarted container does. And it gives a released Lease a holder by name, since the merge patch
 * of fabric8's lock cannot take a holder away, so that others would wait for it to expire.
 */
final class FencedLock implements Lock {
    /** Holder of a released Lease; no pod can have this name. */
    private static final String NOBODY = "(nobody)";

    private final Lock lock;
    private final LeaseTerms terms;
    private final Ticker ticker;
    private final InstantSource clock;
    private final Runnable onHeld;

    private @Nullable LeaderElectionRecord seen;
    private long seenAt;
    private boolean held;
    private long heldFrom;
    private long term;

    /** @param onHeld called after {@link #valid()} has become true */
    FencedLock(Lock lock, LeaseTerms terms, Ticker ticker, InstantSource clock, Runnable onHeld) {
        this.lock = lock;
        this.terms = terms;
        this.ticker = ticker;
        this.clock = clock;
        this.onHeld = onHeld;
    }

    /** Whether we hold the lock and nobody else can hold it yet. */
    synchronized boolean valid() {
        return held && ticker.nanos() - heldFrom < terms.renewDeadline().toNanos();
    }

    /** Grows whenever {@link #valid()} becomes true, also when it only was false for a moment; 0 before the first time. */
    synchronized long term() {
        return term;
    }

    synchronized void letGo() {
        held = false;
    }

    @Override
    public @Nullable LeaderElectionRecord get(KubernetesClient client) {
        LeaderElectionRecord record = lock.get(client);
        return record == null ? null : asSeenHere(record);
    }

    private synchronized LeaderElectionRecord asSeenHere(LeaderElectionRecord record) {
        if (!record.equals(seen)) {
            seen = record;
            seenAt = ticker.nanos();
        }
        if (!Objects.equals(record.getHolderIdentity(), identity())) {
            held = false;
        }
        Instant renewed = clock.instant().minus(Duration.ofNanos(ticker.nanos() - seenAt));
        return new LeaderElectionRecord(
                NOBODY.equals(record.getHolderIdentity()) ? null : record.getHolderIdentity(),
                record.getLeaseDuration(),
                record.getAcquireTime(),
                ZonedDateTime.ofInstant(renewed, ZoneOffset.UTC),
                record.getLeaderTransitions());
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord record) {
        long before = ticker.nanos();
        lock.create(client, record);
        written(record, before);
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord record) {
        long before = ticker.nanos();
        lock.update(client, record.getHolderIdentity() == null ? heldByNobody(record) : record);
        written(record, before);
    }

    private void written(LeaderElectionRecord record, long before) {
        boolean begins;
        synchronized (this) {
            boolean was = valid();
            held = Objects.equals(record.getHolderIdentity(), identity());
            heldFrom = before;
            begins = valid() && !was;
            if (begins) {
                term++;
            }
        }
        if (begins) {
            onHeld.run();
        }
    }

    private static LeaderElectionRecord heldByNobody(LeaderElectionRecord released) {
        return new LeaderElectionRecord(
                NOBODY,
                released.getLeaseDuration(),
                released.getAcquireTime(),
                released.getRenewTime(),
                released.getLeaderTransitions());
    }

    @Override
    public String identity() {
        return lock.identity();
    }

    @Override
    public String describe() {
        return lock.describe();
    }
}
