// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        return ChildProcess.run(
                words,
                Map.of(
                        "CNI_COMMAND",
                        command,
                        "CNI_CONTAINERID",
                        pod.containerId(),
                        "CNI_NETNS",
                        pod.netns().toString(),
                        "CNI_IFNAME",
                        Pod.INTERFACE,
                        "CNI_PATH",
                        "/opt/cni/bin",
                        "CNI_ARGS",
                        "IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME=" + pod.containerId()
                                + ";K8S_POD_UID=6f1c4f0e-3c1b-4e43-9d0e-0c6a2a0c7f11"),
                config.replace("NETNS", pod.netns().toString()));
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
