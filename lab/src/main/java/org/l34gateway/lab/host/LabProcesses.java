// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.l34gateway.lab.process.Progress;

/** Finds and ends the processes of a lab by the environment variable that they were started with. */
public final class LabProcesses {
    private static final Path PROC = Path.of("/proc");

    private LabProcesses() {}

    /** The processes whose environment holds {@code marker} ({@code NAME=VALUE}). Processes of other users may be left out. */
    public static List<ProcessMark> marked(String marker) {
        try (Stream<Path> entries = Files.list(PROC)) {
            return entries.filter(entry ->
                            Character.isDigit(entry.getFileName().toString().charAt(0)))
                    .filter(entry -> has(entry, marker))
                    .flatMap(LabProcesses::mark)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("/proc can not be read", e);
        }
    }

    /**
     * Ends every process with {@code marker}, and with the hosts' first processes everything that runs in their PID
     * namespaces, whatever its environment. Returns when they are gone.
     */
    public static int end(String marker) {
        int ended = 0;
        for (var found = marked(marker); !found.isEmpty(); found = marked(marker)) {
            ended += found.size();
            found.forEach(process -> ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly));
            for (ProcessMark process : found) {
                Progress.await("end of process " + process.pid(), Duration.ofSeconds(60), () -> !process.alive());
            }
        }
        return ended;
    }

    private static boolean has(Path entry, String marker) {
        try {
            String environment = Files.readString(entry.resolve("environ"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(environment.split("\0")).contains(marker);
        } catch (IOException e) {
            return false; // it ended meanwhile, or is not ours
        }
    }

    private static Stream<ProcessMark> mark(Path entry) {
        try {
            var process = ProcessMark.of(Long.parseLong(entry.getFileName().toString()));
            return process.alive() ? Stream.of(process) : Stream.empty();
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
