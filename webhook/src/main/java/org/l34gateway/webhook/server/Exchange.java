// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.server;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One request: collects its body within the limits, and is answered once. A body that is refused is read on and thrown
 * away, because a client that is still sending would not see the answer otherwise. Lives on the event loop.
 */
final class Exchange {
    private final HttpServerRequest request;
    private final Limits limits;
    private final Budget budget;
    private final long deadline;
    private final Vertx vertx;
    /** Not one buffer that grows: that would hold up to twice the bytes. */
    private final List<Buffer> parts = new ArrayList<>();

    private int held;
    private boolean answered;

    /** Bytes of bodies that all exchanges hold now. */
    static final class Budget {
        private long bytes;
    }

    Exchange(Vertx vertx, HttpServerRequest request, Limits limits, Budget budget) {
        this.vertx = vertx;
        this.request = request;
        this.limits = limits;
        this.budget = budget;
        this.deadline = vertx.setTimer(limits.body().toMillis(), _ -> tooSlow());
        request.handler(this::take).endHandler(_ -> vertx.cancelTimer(deadline)).exceptionHandler(_ -> abandon());
        request.response().exceptionHandler(_ -> abandon());
    }

    /** Calls when the body is complete and was not refused. */
    void whenComplete(Consumer<byte[]> then) {
        request.endHandler(_ -> {
            vertx.cancelTimer(deadline);
            if (!answered) {
                then.accept(body());
            }
        });
    }

    private byte[] body() {
        byte[] body = new byte[held];
        int at = 0;
        for (Buffer part : parts) {
            part.getBytes(body, at);
            at += part.length();
        }
        parts.clear();
        return body;
    }

    private void take(Buffer part) {
        if (answered) {
            return;
        }
        if (held + part.length() > limits.bodyBytes()) {
            refuse(413, "RequestEntityTooLarge", "a body may have " + limits.bodyBytes() + " bytes");
        } else if (budget.bytes + part.length() > limits.bufferedBytes()) {
            refuse(503, "ServiceUnavailable", "too many requests at once");
        } else {
            parts.add(part);
            held += part.length();
            budget.bytes += part.length();
        }
    }

    private void tooSlow() {
        refuse(408, "Timeout", "the body did not arrive within " + limits.body().toMillis() + " ms");
        request.connection().close();
    }

    private void abandon() {
        vertx.cancelTimer(deadline);
        answered = true;
        release();
    }

    /** Answers with an AdmissionReview. */
    void answer(byte[] review) {
        send(200, Buffer.buffer(review));
    }

    /**
     * Answers with a Kubernetes Status.
     *
     * @param reason a word of {@code metav1.StatusReason}
     * @param message for a person; never an exception's trace
     */
    void refuse(int code, String reason, String message) {
        JsonObject status = new JsonObject()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("metadata", new JsonObject())
                .put("status", "Failure")
                .put("message", message)
                .put("reason", reason)
                .put("code", code);
        send(code, status.toBuffer());
    }

    private void send(int code, Buffer json) {
        if (answered) {
            return;
        }
        answered = true;
        release();
        HttpServerResponse response = request.response();
        if (!response.closed()) {
            response.setStatusCode(code).putHeader("Content-Type", "application/json");
            if (code == 503) {
                response.putHeader("Retry-After", "1");
            }
            response.end(json);
        }
    }

    private void release() {
        parts.clear();
        budget.bytes -= held;
        held = 0;
    }
}
