// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.l34gateway.linux.testing.ScratchNetns;

/**
 * A peer that decides about every packet in user space: {@code nfqueue-balancer.c}, compiled when it is needed. It runs on the
 * generator's CPU, and says in shared memory how many packets it has given back.
 */
final class NfqueueBalancer implements AutoCloseable {
    private static final String SOURCE = "nfqueue-balancer.c";
    private static final String READY = "ready";

    private final Process process;
    private final Path directory;
    private final ByteBuffer verdicts;
    private long sent;

    private NfqueueBalancer(Process process, Path directory, ByteBuffer verdicts) {
        this.process = process;
        this.directory = directory;
        this.verdicts = verdicts;
    }

    /** Why this machine cannot run it, nothing when it can: it is tried. */
    static Optional<String> missing() {
        try (ScratchNetns netns = ScratchNetns.create();
                NfqueueBalancer _ = start(netns, "192.0.2.1", 1, 1)) {
            return Optional.empty();
        } catch (IllegalStateException | UncheckedIOException failed) {
            return Optional.ofNullable(failed.getMessage());
        }
    }

    /**
     * Starts it in a namespace in which rules for its marks are already.
     *
     * @param vips prefix of the destinations that it decides about
     * @param marks it uses 1 to this one
     * @throws IllegalStateException when the kernel or a program refuses
     * @throws UncheckedIOException when a program is not there
     */
    static NfqueueBalancer start(ScratchNetns netns, String vips, int slots, int marks) {
        Tool.run(Tool.inside(netns, "iptables", "-t", "raw", "-A", "PREROUTING", "-d", vips, "-j", "NFQUEUE"));
        try {
            Path directory = Files.createTempDirectory("l34-bench-");
            Path progress = Files.write(directory.resolve("verdicts"), new byte[Long.BYTES]);
            // As the generator: neither interrupts the other, so what comes at once is decided at once.
            List<String> words = Tool.inside(
                    netns,
                    "taskset",
                    "-c",
                    Integer.toString(Cpu.MEASURED),
                    "chrt",
                    "--fifo",
                    "1",
                    compiled(directory).toString(),
                    Integer.toString(slots),
                    Integer.toString(marks),
                    progress.toString());
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            NfqueueBalancer peer = new NfqueueBalancer(process, directory, shared(progress));
            String said = process.inputReader().readLine();
            if (!READY.equals(said)) {
                peer.close();
                throw new IllegalStateException(SOURCE + ": " + said);
            }
            return peer;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Path compiled(Path directory) throws IOException {
        Path source = directory.resolve(SOURCE);
        try (InputStream text = Objects.requireNonNull(NfqueueBalancer.class.getResourceAsStream(SOURCE), SOURCE)) {
            Files.copy(text, source);
        }
        Path program = directory.resolve("nfqueue-balancer");
        Tool.run(List.of("gcc", "-O2", "-o", program.toString(), source.toString()));
        return program;
    }

    private static ByteBuffer shared(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, Long.BYTES).order(ByteOrder.nativeOrder());
        }
    }

    /** Leaves the CPU to it until so many more packets have gone on. */
    void await(int packets) {
        sent += packets;
        while (verdicts.getLong(0) < sent) {
            if (!process.isAlive()) {
                throw new IllegalStateException(SOURCE + " has ended");
            }
            Cpu.letOthersRun();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
