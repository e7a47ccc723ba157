// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a BIRD that says what the test wants it to say. */
class BirdControlTest {
    private static final String SILENCE = "0002-";

    @TempDir
    private Path directory;

    /** Serves connections one after another: it answers one question each, byte by byte, then hangs up. */
    private final class ScriptedBird implements AutoCloseable {
        private final ServerSocketChannel server;

        ScriptedBird(List<String> turns) throws IOException {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(new BirdDirectory(directory).controlSocket()));
            Thread.ofVirtual().name("scripted-bird").start(() -> turns.forEach(this::serve));
        }

        private void serve(String answer) {
            try (SocketChannel client = server.accept()) {
                say(client, "0001 BIRD 2.0.12 ready.\n");
                client.read(ByteBuffer.allocate(1 << 10));
                say(client, answer);
                if (answer.equals(SILENCE)) {
                    client.read(ByteBuffer.allocate(1)); // until the client gives up
                }
            } catch (IOException _) {
                // The client of the test went away, or the server was closed at its end.
            }
        }

        private static void say(SocketChannel client, String words) throws IOException {
            for (byte piece : words.getBytes(StandardCharsets.UTF_8)) {
                client.write(ByteBuffer.wrap(new byte[] {piece}));
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private BirdControl control(Duration timeout) {
        return new BirdControl(new BirdDirectory(directory).controlSocket(), timeout);
    }

    @Test
    void a_reply_in_many_pieces_is_one_reply() throws Exception {
        try (var _ = new ScriptedBird(List.of("0002-Reading\n0003 Reconfigured\n"))) {
            assertThat(control(Duration.ofSeconds(5)).configure()).isEqualTo(new Reconfiguration.Done());
        }
    }

    @Test
    void each_question_is_a_conversation_of_its_own_so_a_restart_goes_unnoticed() throws Exception {
        try (var _ = new ScriptedBird(List.of("1000-BIRD 2.0.12\n0013 up\n", "", "1000-BIRD 2.0.13\n0013 up\n"))) {
            BirdControl control = control(Duration.ofSeconds(5));
            assertThat(control.status().version()).isEqualTo("BIRD 2.0.12");
            assertThatExceptionOfType(BirdUnreachableException.class).isThrownBy(control::status);
            assertThat(control.status().version()).isEqualTo("BIRD 2.0.13");
        }
    }

    @Test
    void silence_ends_with_the_timeout() throws Exception {
        try (var _ = new ScriptedBird(List.of(SILENCE))) {
            assertThatExceptionOfType(BirdUnreachableException.class)
                    .isThrownBy(control(Duration.ofMillis(100))::status)
                    .withMessageContaining("in time");
        }
    }

    @Test
    void no_socket_means_unreachable() {
        assertThatExceptionOfType(BirdUnreachableException.class)
                .isThrownBy(control(Duration.ofSeconds(5))::sessions)
                .withMessageContaining("show protocols all");
    }

    @Test
    void a_refused_candidate_never_becomes_the_generated_file() throws Exception {
        Path generated = new BirdDirectory(directory).generatedFile();
        Files.writeString(generated, "# the old one\n");
        try (var _ = new ScriptedBird(List.of("8002 candidate:3:4 no\n"))) {
            var bird = new RunningBird(new BirdDirectory(directory), Duration.ofSeconds(5));
            assertThat(bird.apply(new BirdConfiguration(Samples.ROUTER_ID, List.of(), List.of())))
                    .isEqualTo(new Reconfiguration.Refused("candidate", 3, "no"));
        }
        assertThat(generated).hasContent("# the old one");
    }

    @Test
    void what_was_wanted_while_bird_was_away_is_there_when_it_starts() {
        var configuration = new BirdConfiguration(Samples.ROUTER_ID, List.of(), List.of());
        var bird = new RunningBird(new BirdDirectory(directory), Duration.ofSeconds(5));
        assertThatExceptionOfType(BirdUnreachableException.class).isThrownBy(() -> bird.apply(configuration));
        assertThat(new BirdDirectory(directory).generatedFile()).hasContent(configuration.text());
    }
}
