// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A target that waits for a processor; here it is stopped. */
class StalledTargetTest {
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    /** What tests of loss send to one target in four seconds. */
    private static final int DATAGRAMS = 1_000;

    private static final int PATIENCE_MILLIS = 5_000;

    @Test
    void answers_what_came_meanwhile() throws Exception {
        // Whole lines: the kernel gives a parameter to one read only.
        String most = Files.readAllLines(Path.of("/proc/sys/net/core/rmem_max")).getFirst();
        assumeThat(Integer.parseInt(most)).as("net.core.rmem_max").isGreaterThanOrEqualTo(UdpServers.QUEUE_BYTES);
        int port;
        try (var probe = new DatagramSocket(0, HERE)) {
            port = probe.getLocalPort();
        }
        Process target = start(port);
        try (var socket = new DatagramSocket();
                var said = target.inputReader(UTF_8)) {
            assertThat(said.readLine()).startsWith("serving as pod-1");
            socket.setReceiveBufferSize(UdpServers.QUEUE_BYTES);
            signal("STOP", target);
            for (int i = 0; i < DATAGRAMS; i++) {
                byte[] number = Integer.toString(i).getBytes(UTF_8);
                socket.send(new DatagramPacket(number, number.length, HERE, port));
            }
            signal("CONT", target);
            assertThat(answers(socket)).hasSize(DATAGRAMS);
        } finally {
            target.destroyForcibly();
        }
    }

    private static Process start(int port) throws IOException {
        return new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TargetMain.class.getName(),
                        "--name",
                        "pod-1",
                        "--tcp",
                        Integer.toString(port),
                        "--udp",
                        Integer.toString(port)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    /** Different ones, until all are there or none comes any more. */
    private static Set<String> answers(DatagramSocket socket) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        var answers = new HashSet<String>();
        var packet = new DatagramPacket(new byte[100], 100);
        try {
            while (answers.size() < DATAGRAMS) {
                packet.setLength(100);
                socket.receive(packet);
                answers.add(new String(packet.getData(), 0, packet.getLength(), UTF_8));
            }
        } catch (SocketTimeoutException noMore) {
            return answers;
        }
        return answers;
    }
}
