// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this pod goes at SIGTERM: it announces nothing any more, reports that it is no next hop, and forwards on until no
 * application pod sends answers through it, or until its patience is over. What is in the kernel stays.
 */
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    private final Duration patience;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private volatile boolean begun;

    /**
     * Does not leave yet.
     *
     * @param patience for all of it
     */
    Departure(Duration patience) {
        this.patience = patience;
    }

    /** Whether the pod is leaving. */
    boolean begun() {
        return begun;
    }

    /**
     * Told after every run of the loop.
     *
     * @param reported whether the API server has the report that says that the pod leaves
     */
    void observe(GatewayCycle.Result result, boolean reported) {
        if (begun
                && reported
                && result.report().announcedVIPs().isEmpty()
                && result.stillUsing().isEmpty()) {
            gone.complete(null);
        }
    }

    /**
     * Leaves, and returns when nobody counts on the pod any more or when the patience is over.
     *
     * @param trigger makes the agent's loop run soon
     */
    void leave(Runnable trigger) {
        begun = true;
        trigger.run();
        try {
            gone.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            LOG.info("left: nobody sends answers through this pod any more");
        } catch (TimeoutException e) {
            LOG.warn(
                    "leaving after {} s, though somebody may still send answers through this pod",
                    patience.toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new AssertionError("nothing completes it with a failure", e);
        }
    }
}
