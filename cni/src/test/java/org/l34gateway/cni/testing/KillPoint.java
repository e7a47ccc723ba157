// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import java.io.IOException;
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

    /** Every moment of a call, found by making it once. */
    public static List<KillPoint> of(PluginExecutable.Native executable, Call call)
            throws IOException, InterruptedException {
        List<KillPoint> points = new ArrayList<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (Strace.Line line : Strace.of(executable, call)) {
            points.add(new KillPoint(line.syscall(), counts.merge(line.syscall(), 1, Integer::sum)));
        }
        return points;
    }

    /** Makes the call and kills it at this moment; the system call itself may or may not have had its effect. */
    public void kill(PluginExecutable.Native executable, Call call) throws IOException, InterruptedException {
        int exitCode = Strace.run(
                executable,
                call,
                List.of("-o", "/dev/null", "-e", "inject=" + syscall + ":signal=KILL:when=" + number));
        if (exitCode != KILLED) {
            throw new AssertionError("not killed at " + this + ": it ended with " + exitCode);
        }
    }
}
