// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.l34gateway.linux.testing.ScratchNetns;

/** Programs of the machine that measurements need. */
public final class Tool {
    private Tool() {}

    /** Words that run a program inside a namespace. */
    public static List<String> inside(ScratchNetns netns, String... words) {
        return Stream.concat(Stream.of("nsenter", "--net=" + netns.path()), Stream.of(words))
                .toList();
    }

    /**
     * Runs one to its end.
     *
     * @throws IllegalStateException when it is not there or fails; the message quotes what it wrote
     */
    public static void run(List<String> words) {
        run(words, "");
    }

    /** Runs commands of ip(8) inside a namespace. */
    public static void ip(ScratchNetns netns, String... commands) {
        run(inside(netns, "ip", "-batch", "-"), String.join("\n", commands) + "\n");
    }

    private static void run(List<String> words, String input) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", words) + ": " + output);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
