// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the process is started: {@code --NAME VALUE} or {@code --NAME=VALUE}.
 *
 * @param nodeName {@code --node-name}, else NODE_NAME in the environment: whose pods are looked after
 * @param cniBinDir {@code --cni-bin-dir}: where the node's runtime finds plugins
 * @param pluginDir {@code --plugin-dir}: where the image has them
 * @param dataDir {@code --data-dir}: attachment records; must be what the plugins use
 * @param netnsDir {@code --netns-dir}: the runtime's bind mounts of network namespaces, mounted HostToContainer
 * @param procDir {@code --proc-dir}: where a procfs is mounted when {@code /proc/sys} is read-only; needs not be there
 * @param port {@code --port}: of {@code /healthz}, {@code /readyz} and {@code /metrics}
 * @param detach {@code --detach}, {@code true} or {@code false}: whether everything is taken out of pods, before the
 *     release is uninstalled
 */
public record NodeAgentOptions(
        String nodeName,
        Path cniBinDir,
        Path pluginDir,
        Path dataDir,
        Path netnsDir,
        Path procDir,
        int port,
        boolean detach) {
    private static final Map<String, String> DEFAULTS = Map.of(
            "cni-bin-dir", "/opt/cni/bin",
            "plugin-dir", "/opt/l34/cni",
            "data-dir", "/var/lib/cni/l34-gateway",
            "netns-dir", "/run/netns",
            "proc-dir", "/run/l34/proc",
            "port", "8081",
            "detach", "false");

    /**
     * Reads arguments and environment.
     *
     * @throws IllegalArgumentException on an unknown flag, a flag without value, a bad number, or when the node's name
     *     is missing; the message names the flag
     */
    public static NodeAgentOptions parse(List<String> arguments, Map<String, String> environment) {
        Map<String, String> values = new HashMap<>(DEFAULTS);
        values.put("node-name", environment.getOrDefault("NODE_NAME", ""));
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String flag = equals < 0 ? argument : argument.substring(0, equals);
            if (!flag.startsWith("--") || !values.containsKey(flag.substring(2))) {
                throw new IllegalArgumentException("unknown argument " + argument);
            }
            if (equals < 0 && ++i == arguments.size()) {
                throw new IllegalArgumentException(flag + " needs a value");
            }
            values.put(flag.substring(2), equals < 0 ? arguments.get(i) : argument.substring(equals + 1));
        }
        String nodeName = values.getOrDefault("node-name", "");
        if (nodeName.isEmpty()) {
            throw new IllegalArgumentException("--node-name or NODE_NAME is missing");
        }
        return new NodeAgentOptions(
                nodeName,
                path(values, "cni-bin-dir"),
                path(values, "plugin-dir"),
                path(values, "data-dir"),
                path(values, "netns-dir"),
                path(values, "proc-dir"),
                port(values),
                detach(values));
    }

    private static Path path(Map<String, String> values, String flag) {
        return Path.of(values.getOrDefault(flag, ""));
    }

    private static boolean detach(Map<String, String> values) {
        return switch (values.getOrDefault("detach", "")) {
            case "true" -> true;
            case "false" -> false;
            case String other -> throw new IllegalArgumentException("--detach must be true or false, got " + other);
        };
    }

    private static int port(Map<String, String> values) {
        String text = values.getOrDefault("port", "");
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException _) {
            // Said below, like a number that is out of range.
        }
        throw new IllegalArgumentException("--port must be 0..65535, got " + text);
    }
}
