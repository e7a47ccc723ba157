// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for something that another process does. */
final class Await {
    private Await() {}

    /**
     * Looks until the condition holds.
     *
     * @throws AssertionError when it does not in time, with the last failure as its cause
     */
    static void until(String what, Duration limit, Callable<Boolean> condition) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        @Nullable Exception last = null;
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                // What is looked at may not be there yet.
                last = e;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what, last);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
