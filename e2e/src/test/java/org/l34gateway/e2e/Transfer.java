// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.l34gateway.lab.process.Outcome;

/** Traffic whose packets are as large as the path lets them be. */
final class Transfer {
    private static final int CONNECTIONS = 40;

    private Transfer() {}

    /**
     * Requests and answers of so many bytes each.
     *
     * @return for example {@code 40 ok, 0 failed}
     */
    static String both(Scene scene, String host, int bytes) {
        return run(scene, host, List.of("--payload", Integer.toString(bytes), "--answer", Integer.toString(bytes)));
    }

    /** Small requests, large answers. */
    static String answers(Scene scene, String host, int bytes) {
        return run(scene, host, List.of("--answer", Integer.toString(bytes)));
    }

    private static String run(Scene scene, String host, List<String> sizes) {
        var words = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "org.l34gateway.target.TrafficMain",
                "--to",
                host + ":" + Scene.PORT,
                "--connections",
                Integer.toString(CONNECTIONS),
                "--timeout",
                "10s",
                "--output",
                "json"));
        words.addAll(sizes);
        Outcome outcome =
                scene.lab().router(Scene.ROUTER).host().onNetwork(words).run();
        try {
            JsonNode result = new ObjectMapper().readTree(outcome.out());
            return result.path("ok").asInt() + " ok, " + result.path("failed").asInt() + " failed";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the client printed no result: " + outcome, e);
        }
    }
}
