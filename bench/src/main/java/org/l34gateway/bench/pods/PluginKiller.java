// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.l34gateway.lab.host.Host;

/** Kills CNI plugins of ours at work on a node (SIGKILL), some of those that it meets. */
final class PluginKiller implements AutoCloseable {
    private static final int MOST = 3;

    /**
     * In the node's own process namespace. Ends with its input. A plugin lives for some milliseconds only, so it starts no
     * programs of its own, and looks at the youngest processes again and again: each is something else before it is a plugin.
     */
    private static final String KILL = """
            exec 2> /dev/null
            declare -A killed
            while [ "${#killed[@]}" -lt "$1" ]; do
              read -r _ _ _ _ newest < /proc/loadavg
              for ((pid = newest - 20; pid <= newest; pid++)); do
                read -r name < "/proc/$pid/comm" || continue
                case $name in
                  loopback-vip | policy-route)
                    [ -z "${killed[$pid]}" ] && kill -KILL "$pid" && killed[$pid]=1 && echo killed
                    ;;
                esac
              done
              read -r -t 0.0005 _
              [ $? -gt 128 ] || break
            done
            """;

    private final Process process;

    private PluginKiller(Process process) {
        this.process = process;
    }

    static PluginKiller on(Host node) {
        return new PluginKiller(
                node.command("bash", "-c", KILL, "kill", Integer.toString(MOST)).start());
    }

    /** Stops, and says how many it has killed. */
    int kills() {
        try {
            process.getOutputStream().close();
            return (int) new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException("killer of plugins", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
