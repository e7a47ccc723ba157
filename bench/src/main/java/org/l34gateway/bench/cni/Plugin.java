// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.bench.cni.ChildProcess.Ended;

/**
 * A plugin with a configuration.
 *
 * @param launcher what starts it, empty for nobody
 * @param program executable
 * @param config of the network, with {@code NETNS} where the path of the pod's namespace belongs
 */
record Plugin(List<String> launcher, Path program, String config) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a runtime has from systemd, and plugins from it. The language matters: a C library reads its files. */
    private static final Map<String, String> OF_RUNTIME =
            Map.of("LANG", "C.UTF-8", "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin");

    Plugin {
        launcher = List.copyOf(launcher);
    }

    static Plugin of(Path program, String config) {
        return new Plugin(List.of(), program, config);
    }

    Plugin launchedBy(Path other) {
        return new Plugin(List.of(other.toString()), program, config);
    }

    /** @throws IllegalStateException when it fails or its result is none: what errors cost is of no interest */
    Ended add(Pod pod) {
        Ended ended = call("ADD", pod);
        if (ended.exitCode() != 0 || !isResult(ended.stdout())) {
            throw new IllegalStateException("ADD of " + program + ": " + ended);
        }
        return ended;
    }

    /** @throws IllegalStateException when it fails */
    Ended del(Pod pod) {
        Ended ended = call("DEL", pod);
        if (ended.exitCode() != 0 || !ended.stdout().isBlank()) {
            throw new IllegalStateException("DEL of " + program + ": " + ended);
        }
        return ended;
    }

    private Ended call(String command, Pod pod) {
        List<String> words = new ArrayList<>(launcher);
        words.add(program.toString());
        Map<String, String> environment = new TreeMap<>(OF_RUNTIME);
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", pod.containerId());
        environment.put("CNI_NETNS", pod.netns().toString());
        environment.put("CNI_IFNAME", Pod.INTERFACE);
        environment.put("CNI_PATH", "/opt/cni/bin");
        environment.put(
                "CNI_ARGS",
                "IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME=" + pod.containerId()
                        + ";K8S_POD_UID=6f1c4f0e-3c1b-4e43-9d0e-0c6a2a0c7f11");
        return ChildProcess.run(
                words, environment, config.replace("NETNS", pod.netns().toString()));
    }

    static boolean isResult(String stdout) {
        try {
            JsonNode answer = JSON.readTree(stdout);
            return answer.isObject() && answer.has("cniVersion") && !answer.has("code");
        } catch (JsonProcessingException none) {
            return false;
        }
    }
}
