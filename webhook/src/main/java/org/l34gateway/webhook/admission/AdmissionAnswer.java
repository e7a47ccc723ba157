// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.admission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * The response of an AdmissionReview. It always allows: what is missing is repaired by node-agent, and an application
 * must not fail to start because of us.
 *
 * @param uid of the request
 * @param warnings shown to whoever created the object, one sentence each
 */
public record AdmissionAnswer(String uid, JsonPatch patch, List<String> warnings) {
    /** The API server cuts warnings off at 4,096 bytes together; clients print them on one line. */
    private static final int MAX_WARNING_CHARACTERS = 400;

    public AdmissionAnswer {
        warnings = warnings.stream().map(AdmissionAnswer::onOneLine).toList();
    }

    /** The AdmissionReview that is sent back, UTF-8. */
    public byte[] toJson() {
        ObjectNode review = JsonNodeFactory.instance.objectNode();
        review.put("apiVersion", "admission.k8s.io/v1");
        review.put("kind", "AdmissionReview");
        ObjectNode response = review.putObject("response");
        response.put("uid", uid);
        response.put("allowed", true);
        if (!patch.isEmpty()) {
            response.put("patchType", "JSONPatch");
            response.put(
                    "patch",
                    Base64.getEncoder().encodeToString(patch.toJson().toString().getBytes(StandardCharsets.UTF_8)));
        }
        if (!warnings.isEmpty()) {
            warnings.forEach(response.putArray("warnings")::add);
        }
        return review.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String onOneLine(String warning) {
        String line = warning.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= MAX_WARNING_CHARACTERS ? line : line.substring(0, MAX_WARNING_CHARACTERS - 1) + "…";
    }
}
