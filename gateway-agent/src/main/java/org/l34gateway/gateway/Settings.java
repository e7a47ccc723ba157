// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.l34gateway.bird.BirdDirectory;
import org.l34gateway.gateway.plan.AgentIdentity;

/**
 * The agent's environment. Required: {@code GATEWAY_NAME}, {@code POD_NAME}, {@code POD_NAMESPACE}, {@code POD_UID},
 * {@code NODE_NAME}. Optional: {@code GATEWAY_UID}, {@code GATEWAY_NAMESPACE} (must be the pod's), {@code HEALTH_PORT}
 * (8081), {@code BIRD_DIRECTORY} ({@code /run/l34/bird}).
 *
 * @param healthPort for probes and metrics
 * @param bird shared with BIRD's container
 */
record Settings(AgentIdentity identity, int healthPort, BirdDirectory bird) {
    private static final int DEFAULT_HEALTH_PORT = 8081;

    /**
     * Reads the environment.
     *
     * @throws IllegalArgumentException naming everything that is wrong at once
     */
    static Settings of(Map<String, String> environment) {
        List<String> problems = new ArrayList<>();
        String namespace = required(environment, "POD_NAMESPACE", problems);
        @Nullable String gatewayNamespace = optional(environment, "GATEWAY_NAMESPACE");
        if (gatewayNamespace != null && !gatewayNamespace.equals(namespace)) {
            problems.add("GATEWAY_NAMESPACE " + gatewayNamespace + " is not the pod's namespace");
        }
        AgentIdentity identity = new AgentIdentity(
                namespace,
                required(environment, "GATEWAY_NAME", problems),
                optional(environment, "GATEWAY_UID"),
                required(environment, "POD_NAME", problems),
                required(environment, "POD_UID", problems),
                required(environment, "NODE_NAME", problems));
        int port = port(environment, problems);
        BirdDirectory bird = directory(environment, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("environment: " + String.join("; ", problems));
        }
        return new Settings(identity, port, bird);
    }

    private static String required(Map<String, String> environment, String name, List<String> problems) {
        @Nullable String value = optional(environment, name);
        if (value == null) {
            problems.add(name + " is missing");
            return "";
        }
        return value;
    }

    private static @Nullable String optional(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        return value.isBlank() ? null : value;
    }

    private static int port(Map<String, String> environment, List<String> problems) {
        @Nullable String text = optional(environment, "HEALTH_PORT");
        if (text == null) {
            return DEFAULT_HEALTH_PORT;
        }
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 0xFFFF) {
            problems.add("HEALTH_PORT must be 0..65535, got " + text);
            return DEFAULT_HEALTH_PORT;
        }
        return Integer.parseInt(text);
    }

    private static BirdDirectory directory(Map<String, String> environment, List<String> problems) {
        @Nullable String text = optional(environment, "BIRD_DIRECTORY");
        try {
            return text == null ? BirdDirectory.OF_THE_IMAGE : new BirdDirectory(Path.of(text));
        } catch (IllegalArgumentException e) {
            problems.add("BIRD_DIRECTORY: " + e.getMessage());
            return BirdDirectory.OF_THE_IMAGE;
        }
    }
}
