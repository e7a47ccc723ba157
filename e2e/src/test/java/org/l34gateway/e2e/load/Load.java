// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.process.Progress;

/** A running {@link LoadMain}. */
public final class Load implements AutoCloseable {
    private final Process process;
    private final CompletableFuture<List<Exchange>> exchanges;
    private final int datagramsPerSecond;
    private volatile long datagramsSent;

    private Load(Process process, int addresses) {
        this.process = process;
        this.datagramsPerSecond = addresses * LoadMain.DATAGRAMS_PER_SECOND;
        this.exchanges = CompletableFuture.supplyAsync(
                this::read, task -> Thread.ofVirtual().name("load").start(task));
    }

    /** Starts sending from a router's network to these addresses. */
    public static Load start(Host router, long seed, int port, List<String> addresses) {
        List<String> words = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadMain.class.getName(),
                Long.toString(seed),
                Integer.toString(port)));
        words.addAll(addresses);
        return new Load(router.onNetwork(words).start(), addresses.size());
    }

    private List<Exchange> read() {
        try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals(LoadMain.END)) {
                    return in.lines().map(Exchange::parse).toList();
                }
                datagramsSent = Long.parseLong(line);
            }
            throw new IllegalStateException("the load ended by itself: "
                    + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("load", e);
        }
    }

    /** Waits until there was traffic for so long. */
    public void flowFor(Duration time) {
        long wanted = datagramsSent + datagramsPerSecond * time.toMillis() / 1000;
        Progress.await(
                "traffic for " + time, time.plusSeconds(60), () -> datagramsSent >= wanted || exchanges.isDone());
    }

    /** Stops sending, waits for the last answers and returns everything. */
    public List<Exchange> stop() {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // The exchanges say why.
            return exchanges.join();
        }
        return exchanges.join();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
