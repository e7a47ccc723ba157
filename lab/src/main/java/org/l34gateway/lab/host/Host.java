// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.host;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.lab.process.Command;

/**
 * A running host.
 *
 * @param name as the topology names it
 * @param process its first process
 */
public record Host(String name, ProcessMark process) {

    /** {@code words} as a command that runs inside the host, with its network, mounts, processes and name. */
    public Command command(String... words) {
        return command(List.of(words));
    }

    public Command command(List<String> words) {
        return enter(List.of("--net", "--mount", "--pid", "--uts", "--ipc"), words);
    }

    /** {@code words} as a command with the host's network only: it sees the caller's files and working folder. */
    public Command onNetwork(List<String> words) {
        return enter(List.of("--net"), words);
    }

    public boolean alive() {
        return process.alive();
    }

    /**
     * Starts a program that outlives the caller; its output is added to {@code log}.
     *
     * @param marker environment variable that tells the programs of a lab apart from all others, {@code NAME=VALUE}
     * @return its process id inside the host
     */
    public long daemon(List<String> words, String log, String marker) {
        var script = "setsid \"${@:2}\" >> \"$1\" 2>&1 < /dev/null & echo $!";
        var all = new ArrayList<>(List.of("env", marker, "bash", "-c", script, "daemon", log));
        all.addAll(words);
        return Long.parseLong(command(all).output());
    }

    /** Whether process {@code pid}, as the host numbers it, is there. */
    public boolean runs(long pid) {
        return command("kill", "-0", Long.toString(pid)).run().good();
    }

    private Command enter(List<String> namespaces, List<String> words) {
        var all = new ArrayList<>(List.of("nsenter", "--target", Long.toString(process.pid())));
        all.addAll(namespaces);
        all.add("--");
        all.addAll(words);
        return Command.of(all);
    }
}
