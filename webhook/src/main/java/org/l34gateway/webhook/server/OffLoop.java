// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.server;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * The one door from the event loop to code that takes its time: it runs on a virtual thread, and the answer comes back
 * on the caller's context.
 *
 * @param permits how many may run at once: they compute, and each holds a tree of its body
 */
record OffLoop(Vertx vertx, Semaphore permits) {
    <T> Future<T> call(String name, Callable<T> slow) {
        Promise<T> answer = Promise.promise();
        Context home = vertx.getOrCreateContext();
        Thread.ofVirtual().name(name).start(() -> {
            try {
                permits.acquire();
                T value;
                try {
                    value = slow.call();
                } finally {
                    permits.release();
                }
                home.runOnContext(_ -> answer.complete(value));
            } catch (Exception e) {
                // The top of this thread: whatever failed is told to the caller.
                home.runOnContext(_ -> answer.fail(e));
            }
        });
        return answer.future();
    }
}
