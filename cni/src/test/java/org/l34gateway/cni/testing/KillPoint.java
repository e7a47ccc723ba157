// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A moment in the life of a native executable: its {@code number}th call of a system call. strace(1) kills it there, so a
 * test can kill an ADD at every moment that the kernel can tell from another.
 */
public record KillPoint(String syscall, int number) {
    /** 128 and SIGKILL. */
    private static final int KILLED = 137;

    /** Whether this machine has strace. */
    public static boolean canKill() {
        return Files.isExecutable(Path.of("/usr/bin/strace"));
    }

    /** Every moment of a call, found by making it once. */
    public static List<KillPoint> of(PluginExecutable.Native executable, Call call)
            throws IOException, InterruptedException {
        Path trace = Files.createTempFile("l34-trace-", "");
        try {
            strace(executable, call, List.of("-o", trace.toString()));
            List<KillPoint> points = new ArrayList<>();
            Map<String, Integer> counts = new TreeMap<>();
            for (String line : Files.readAllLines(trace, StandardCharsets.ISO_8859_1)) {
                int end = line.indexOf('(');
                if (end > 0 && line.substring(0, end).matches("[a-z0-9_]+")) {
                    String name = line.substring(0, end);
                    points.add(new KillPoint(name, counts.merge(name, 1, Integer::sum)));
                }
            }
            // The very first call is execve itself: nothing of ours ran yet.
            return points.subList(1, points.size());
        } finally {
            Files.delete(trace);
        }
    }

    /** Makes the call and kills it at this moment; the system call itself may or may not have had its effect. */
    public void kill(PluginExecutable.Native executable, Call call) throws IOException, InterruptedException {
        int exitCode = strace(
                executable,
                call,
                List.of("-o", "/dev/null", "-e", "inject=" + syscall + ":signal=KILL:when=" + number));
        if (exitCode != KILLED) {
            throw new AssertionError("not killed at " + this + ": it ended with " + exitCode);
        }
    }

    /** strace ends as the process did that it watched. */
    private static int strace(PluginExecutable.Native executable, Call call, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/strace", "-qq"));
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
