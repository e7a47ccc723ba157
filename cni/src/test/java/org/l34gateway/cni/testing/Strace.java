// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** strace(1) on a native executable. */
public final class Strace {
    private static final Path FILE = Path.of("/usr/bin/strace");

    private Strace() {}

    /**
     * A system call as strace writes it.
     *
     * @param syscall its name
     * @param text with arguments and result
     */
    public record Line(String syscall, String text) {}

    /** Whether this machine has it. */
    public static boolean isThere() {
        return Files.isExecutable(FILE);
    }

    /** Every system call of a call of the plugin but the execve that starts it: nothing of ours ran before. */
    public static List<Line> of(PluginExecutable.Native executable, Call call)
            throws IOException, InterruptedException {
        Path trace = Files.createTempFile("l34-trace-", "");
        try {
            run(executable, call, List.of("-o", trace.toString()));
            List<Line> lines = new ArrayList<>();
            for (String line : Files.readAllLines(trace, StandardCharsets.ISO_8859_1)) {
                int end = line.indexOf('(');
                if (end > 0 && line.substring(0, end).matches("[a-z0-9_]+")) {
                    lines.add(new Line(line.substring(0, end), line));
                }
            }
            return lines.subList(1, lines.size());
        } finally {
            Files.delete(trace);
        }
    }

    /** Makes the call and returns its exit code, which strace takes over; 128 and the signal for a killed one. */
    static int run(PluginExecutable.Native executable, Call call, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(FILE.toString(), "-qq"));
        command.addAll(options);
        command.add(executable.file().toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(call.env());
        Process process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(call.stdin().getBytes(StandardCharsets.UTF_8));
        } catch (IOException killed) {
            // It died before it read.
        }
        return process.waitFor();
    }
}
