// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PingedListenerTest {
    private static final Duration INTERVAL = Duration.ofMillis(20);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final PingedListener listener = new PingedListener(
            new WebSocket.Listener() {
                @Override
                public void onOpen(WebSocket socket) {
                    heard.add("open");
                }

                @Override
                public void onError(WebSocket socket, Throwable error) {
                    heard.add("error");
                }
            },
            INTERVAL);

    /** A connection to somebody who does what the test says when it is pinged. */
    private static final class Connection implements WebSocket {
        private final Consumer<Connection> pinged;
        private volatile boolean closed;
        private volatile boolean aborted;

        Connection(Consumer<Connection> pinged) {
            this.pinged = pinged;
        }

        @Override
        public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
            pinged.accept(this);
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
            throw new AssertionError("a watcher says nothing");
        }

        @Override
        public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
            throw new AssertionError("a watcher says nothing");
        }

        @Override
        public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
            throw new AssertionError("the client does that by itself");
        }

        @Override
        public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
            closed = true;
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public void request(long n) {}

        @Override
        public @Nullable String getSubprotocol() {
            return null;
        }

        @Override
        public boolean isOutputClosed() {
            return closed;
        }

        @Override
        public boolean isInputClosed() {
            return aborted;
        }

        @Override
        public void abort() {
            aborted = true;
        }
    }

    private @Nullable String next() throws InterruptedException {
        return heard.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void a_ping_without_an_answer_is_an_error() throws Exception {
        Connection deaf = new Connection(_ -> {});
        listener.onOpen(deaf);
        assertThat(next()).isEqualTo("open");
        assertThat(next()).isEqualTo("error");
        assertThat(deaf.aborted).isTrue();
    }

    @Test
    void answers_and_events_keep_it_alive_until_it_is_closed() throws Exception {
        BlockingQueue<String> pings = new LinkedBlockingQueue<>();
        Connection living = new Connection(connection -> {
            pings.add("ping");
            if (pings.size() % 2 == 0) {
                var _ = listener.onPong(connection, ByteBuffer.allocate(0));
            } else {
                var _ = listener.onText(connection, "{}", true);
            }
        });
        listener.onOpen(living);
        for (int i = 0; i < 5; i++) {
            assertThat(pings.poll(10, TimeUnit.SECONDS)).isEqualTo("ping");
        }
        var _ = listener.onClose(living, WebSocket.NORMAL_CLOSURE, "");
        assertThat(heard).containsExactly("open");
        assertThat(living.aborted).isFalse();
    }

    @Test
    void a_close_that_nobody_answers_is_an_error_as_well() throws Exception {
        Connection half = new Connection(connection -> {
            var _ = listener.onPong(connection, ByteBuffer.allocate(0));
        });
        listener.onOpen(half);
        var _ = half.sendClose(WebSocket.NORMAL_CLOSURE, "");
        assertThat(next()).isEqualTo("open");
        assertThat(next()).isEqualTo("error");
    }
}
