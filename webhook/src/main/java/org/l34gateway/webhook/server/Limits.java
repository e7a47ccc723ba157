// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.server;

import java.time.Duration;

/**
 * What one client, or all together, may take. The bytes and {@code AdmissionRequest.MAX_TOKENS} together fit a heap of
 * 64 MiB, of which the process itself needs half.
 *
 * @param connections at once; an API server has a few
 * @param bodyBytes of one request; etcd takes objects of 1.5 MiB at most
 * @param bufferedBytes of all bodies that are not answered yet
 * @param body from a request's head to its last byte
 * @param firstRequest from the handshake to the first request's head
 * @param idle without a request, before the server says goodbye; longer than the 90 s of API servers, so that theirs
 *     ends first and no request meets a closing connection
 */
public record Limits(
        int connections, int bodyBytes, long bufferedBytes, Duration body, Duration firstRequest, Duration idle) {
    public static final Limits DEFAULT =
            new Limits(100, 4 << 20, 12 << 20, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(120));
}
