// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A call of a plugin as a container runtime makes it; every part can be changed.
 *
 * @param env the environment
 * @param stdin the network configuration
 */
public record Call(Map<String, String> env, String stdin) {
    /** A whole call for container {@code c1}, interface {@code f1}, with records in {@code dataDir}. */
    public static Call of(String command, Path netns, Path dataDir, String cniArgs) {
        Map<String, String> env = new TreeMap<>();
        env.put("CNI_COMMAND", command);
        env.put("CNI_CONTAINERID", "c1");
        env.put("CNI_NETNS", netns.toString());
        env.put("CNI_IFNAME", "f1");
        env.put("CNI_PATH", "/opt/cni/bin");
        env.put("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=red;K8S_POD_NAME=target-1;K8S_POD_UID=u-1");
        String stdin = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"any\",\"dataDir\":\"" + dataDir
                + "\",\"args\":{\"cni\":{" + cniArgs + "}}}";
        return new Call(env, stdin);
    }

    public Call with(String name, String value) {
        Map<String, String> changed = new TreeMap<>(env);
        changed.put(name, value);
        return new Call(changed, stdin);
    }

    public Call without(String name) {
        Map<String, String> changed = new TreeMap<>(env);
        changed.remove(name);
        return new Call(changed, stdin);
    }

    public Call withStdin(String text) {
        return new Call(env, text);
    }

    public Call replacing(String part, String by) {
        return new Call(env, stdin.replace(part, by));
    }

    public Answer on(PluginExecutable executable) {
        return executable.run(env, stdin.getBytes(StandardCharsets.UTF_8));
    }
}
