// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.l34gateway.lab.process.Outcome;

/** Traffic whose packets are as large as the path lets them be. */
final class Transfer {
    private Transfer() {}

    /**
     * Requests and answers of so many bytes each.
     *
     * @return for example {@code 40 ok, 0 failed}
     */
    static String both(Scene scene, String host, int bytes) {
        String size = Integer.toString(bytes);
        return run(scene, host, 40, List.of("--payload", size, "--answer", size, "--timeout", "10s"));
    }

    /** Small requests, answers of 1 MB each, one after the other on sixteen connections. */
    static String answers(Scene scene, String host, int connections) {
        return run(scene, host, connections, List.of("--answer", "1000000", "--timeout", "2s"));
    }

    /** Packets of both ways, both families, when this interface of the gateway pods takes none of more than 1,400 bytes. */
    static void assertFindsItsWayThrough(Scene scene, String interfaceName) {
        scene.setMtu(interfaceName, 1400);
        try {
            for (String to : new String[] {Scene.VIP4, "[" + Scene.VIP6 + "]"}) {
                // Answers meet the external interface, requests the internal one.
                assertThat(both(scene, to, 200_000)).isEqualTo("40 ok, 0 failed");
            }
        } finally {
            scene.setMtu(interfaceName, 1500);
        }
    }

    private static String run(Scene scene, String host, int connections, List<String> more) {
        var words = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "org.l34gateway.target.TrafficMain",
                "--to",
                host + ":" + Scene.PORT,
                "--connections",
                Integer.toString(connections),
                "--output",
                "json"));
        words.addAll(more);
        Outcome outcome =
                scene.lab().router(Scene.ROUTER).host().onNetwork(words).run();
        try {
            JsonNode result = new ObjectMapper().readTree(outcome.out());
            JsonNode failures = result.path("failures");
            return result.path("ok").asInt() + " ok, " + result.path("failed").asInt() + " failed"
                    + (failures.isEmpty() ? "" : " " + failures);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the client printed no result: " + outcome, e);
        }
    }
}
