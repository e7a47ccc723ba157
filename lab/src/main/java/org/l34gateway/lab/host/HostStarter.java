// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.l34gateway.lab.process.Command;
import org.l34gateway.lab.process.CommandFailed;

/**
 * Makes hosts.
 *
 * @param script where host-init.sh lies
 * @param marker environment variable that every process of the lab has, {@code NAME=VALUE}
 */
public record HostStarter(Path script, String marker) {

    /** Writes host-init.sh into {@code folder}. */
    public static HostStarter in(Path folder, String marker) throws IOException {
        Path script = folder.resolve("host-init.sh");
        try (var text = HostStarter.class.getResourceAsStream("/org/l34gateway/lab/host-init.sh")) {
            if (text == null) {
                throw new IOException("host-init.sh is not in the jar");
            }
            Files.write(script, text.readAllBytes());
        }
        return new HostStarter(script, marker);
    }

    /**
     * Starts a host and returns when its namespaces and mounts are ready.
     *
     * @param binds path inside the host → folder or file of the machine that lies over it
     * @throws CommandFailed with what the host said when it can not be made
     */
    public Host start(String name, Map<String, Path> binds) {
        var words = new ArrayList<>(List.of("env", marker, "setsid", "unshare"));
        words.addAll(List.of("--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--propagation", "private"));
        words.addAll(List.of("bash", script.toString(), name));
        binds.forEach((target, source) -> words.add(target + "=" + source));
        Process process = Command.of(words).start();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String pid = out.readLine();
            if (pid == null) {
                String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
                throw new CommandFailed("host " + name + " could not be made: " + said.strip());
            }
            return new Host(name, ProcessMark.of(Long.parseLong(pid)));
        } catch (IOException e) {
            throw new UncheckedIOException("host " + name, e);
        }
    }
}
