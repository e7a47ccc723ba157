// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The process {@code node-agent} in what the chart gives it: uid 0 with few capabilities, no new privileges, a read-only root,
 * a read-only {@code /proc/sys}, and directories of the node to write to. It is in the network namespace of the thread that
 * starts it.
 *
 * @param folder has {@code netns} with the runtime's mounts; {@code cni}, {@code data}, {@code run} and {@code image} are made
 */
record AgentProcess(Process process, int port, Path folder) implements AutoCloseable {
    /** As the kubelet and the runtime arrange it; {@code $0} is the folder. */
    private static final String CONTAINER = """
            set -e
            mount --rbind "$0" "$0"
            mount -t tmpfs -o size=1m,mode=755 run "$0/run"
            for d in cni data; do mount --bind "$0/$d" "$0/$d"; done
            mount -o remount,bind,ro "$0"
            mount -o remount,bind,ro /
            mount --bind /proc/sys /proc/sys
            mount -o remount,bind,ro /proc/sys
            exec "$@"
            """;

    /** @param capabilities as setpriv(1) names them, such as {@code +net_admin,+sys_admin}; empty for none */
    static AgentProcess start(Path folder, Path kubeconfig, String capabilities) throws IOException {
        for (String each : List.of("cni", "data", "run", "image")) {
            Files.createDirectory(folder.resolve(each));
        }
        for (String plugin : List.of("loopback-vip", "policy-route")) {
            Files.writeString(folder.resolve("image").resolve(plugin), plugin);
        }
        int port = freePort();
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", CONTAINER, folder.toString()));
        String bounded = capabilities.isEmpty() ? "-all" : "-all," + capabilities;
        command.addAll(List.of("setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=" + bounded));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                // The image has JNA's library as a file.
                "-Djna.tmpdir=" + folder.resolve("run"),
                "-cp",
                System.getProperty("java.class.path"),
                NodeAgentMain.class.getName(),
                "--cni-bin-dir=" + folder.resolve("cni"),
                "--plugin-dir=" + folder.resolve("image"),
                "--data-dir=" + folder.resolve("data"),
                "--netns-dir=" + folder.resolve("netns"),
                "--proc-dir=" + folder.resolve("run/proc"),
                "--port=" + port));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().putAll(Map.of("NODE_NAME", "node-a", "KUBECONFIG", kubeconfig.toString()));
        return new AgentProcess(builder.start(), port, folder);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Asks its health endpoint; gives the status code and the body, or why nobody answers. */
    String get(String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
            int code = connection.getResponseCode();
            try (var in = code < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return code + " " + new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException failed) {
            return failed.toString();
        }
    }

    /** A line of its {@code /proc/PID/status} (proc_pid_status(5)), without the name. */
    String status(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Waits for something for up to 30 s; a failure shows the log. */
    void await(String what, BooleanSupplier condition) {
        try {
            RunningAgent.awaitMillis(what, Duration.ofSeconds(30), condition);
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + "\n" + log(), late);
        }
    }

    /** SIGTERM, and the exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("still running: " + process);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
