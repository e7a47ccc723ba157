// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.l34gateway.lab.host.Host;

/** Kills CNI plugins of ours at work on a node (SIGKILL), some of those that it meets. */
final class PluginKiller implements AutoCloseable {
    private static final int MOST = 3;

    /** In the node's own process namespace. Ends with its input. A plugin lives for some milliseconds only, so it looks often. */
    private static final String KILL = """
            kills=0
            while [ "$kills" -lt "$1" ]; do
              pkill -KILL -x 'loopback-vip|policy-route' && { echo killed; kills=$((kills + 1)); }
              read -r -t 0.001 _
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
