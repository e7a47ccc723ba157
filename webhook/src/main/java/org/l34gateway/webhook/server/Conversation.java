// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.server;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.concurrent.TimeUnit;

/**
 * A connection that must keep asking: it is closed when a client opens it and sends no request, or sends none for a long
 * time. Bytes alone do not count, so a client that dribbles is closed too. Lives on the event loop.
 */
final class Conversation {
    private static final long GOODBYE_SECONDS = 2;

    private final Vertx vertx;
    private final HttpConnection connection;
    private final Limits limits;
    private long timer;
    private int requests;

    Conversation(Vertx vertx, HttpConnection connection, Limits limits) {
        this.vertx = vertx;
        this.connection = connection;
        this.limits = limits;
        this.timer = arm(limits.firstRequest().toMillis());
    }

    void requestBegan() {
        requests++;
        vertx.cancelTimer(timer);
    }

    void requestEnded() {
        if (--requests == 0) {
            timer = arm(limits.idle().toMillis());
        }
    }

    void closed() {
        vertx.cancelTimer(timer);
    }

    private long arm(long millis) {
        // HTTP/2 clients get a GOAWAY before the end, so that none of their requests is lost.
        return vertx.setTimer(millis, _ -> connection.shutdown(GOODBYE_SECONDS, TimeUnit.SECONDS));
    }
}
