// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.FastPath;

/** An {@link Agent}, from outside. */
final class AgentProcess implements AutoCloseable {
    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    private AgentProcess(Process process) {
        this.process = process;
        this.in = process.outputWriter();
        this.out = process.inputReader();
    }

    static AgentProcess start(Bed bed, long seed, FastPath fastPath) {
        List<String> words = bed.besideBalancer(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Agent.class.getName(),
                Long.toString(seed),
                fastPath.name()));
        try {
            return new AgentProcess(new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Has it begin to apply the program after so many edits. */
    void begin(int edits) {
        try {
            in.write(edits + "\n");
            in.flush();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * Returns when the kernel holds the program with which it has begun.
     *
     * @throws IllegalStateException when not all of it could be applied
     */
    void end(int edits) {
        try {
            @Nullable String line = out.readLine();
            if (!Integer.toString(edits).equals(line)) {
                throw new IllegalStateException("after " + edits + " edits the load balancer said: " + line);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** SIGKILL; it may be at work. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
