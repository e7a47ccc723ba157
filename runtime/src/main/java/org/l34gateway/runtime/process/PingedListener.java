// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.process;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Pings the other side (RFC 6455 §5.5.2) and reports an error when nothing was heard between one ping and the next. A
 * kube-apiserver answers pings on watches at once, because it reads and drops whatever a watcher sends.
 */
final class PingedListener implements WebSocket.Listener {
    private final WebSocket.Listener listener;
    private final Duration interval;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean heard = true;

    PingedListener(WebSocket.Listener listener, Duration interval) {
        this.listener = listener;
        this.interval = interval;
    }

    @Override
    public void onOpen(WebSocket socket) {
        listener.onOpen(socket);
        Thread.ofVirtual().name("ping").start(() -> pingUntilClosed(socket));
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        heard = true;
        return listener.onText(socket, data, last);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        heard = true;
        return listener.onBinary(socket, data, last);
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
        heard = true;
        return listener.onPing(socket, message);
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
        heard = true;
        return listener.onPong(socket, message);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
        closed.countDown();
        return ended.getAndSet(true) ? null : listener.onClose(socket, statusCode, reason);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        closed.countDown();
        if (!ended.getAndSet(true)) {
            listener.onError(socket, error);
        }
    }

    private void pingUntilClosed(WebSocket socket) {
        try {
            while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                // fabric8 closes a watch on which the server reported an error, and waits for the answer to that as
                // well.
                if (!heard || socket.isOutputClosed()) {
                    socket.abort();
                    onError(socket, new IOException("no answer for " + interval.toMillis() + " ms"));
                    return;
                }
                heard = false;
                // That it cannot be sent will be noticed as that it is not answered.
                var _ = socket.sendPing(ByteBuffer.allocate(0));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
