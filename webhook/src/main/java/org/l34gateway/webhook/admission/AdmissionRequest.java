// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.admission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.l34gateway.api.FormatException;

/**
 * The request of an AdmissionReview ({@code admission.k8s.io/v1}), as far as this webhook reads it. The object stays a
 * JSON tree, so that fields which this program does not know are never lost.
 */
public sealed interface AdmissionRequest {
    /** Identifies the request; the answer repeats it. */
    String uid();

    /**
     * A pod is about to be created.
     *
     * @param namespace of the request, for a pod whose own is still empty
     * @param pod the object as the API server sent it; not to be changed
     */
    record PodCreation(String uid, String namespace, ObjectNode pod) implements AdmissionRequest {}

    /**
     * Something that this webhook has nothing to say about.
     *
     * @param what operation and kind, for logs
     */
    record NotForUs(String uid, String what) implements AdmissionRequest {}

    /** Bounds what a tree of a body costs: about 100 bytes of heap for each token. A pod has a few thousand. */
    int MAX_TOKENS = 100_000;

    /** Bounds what is copied while a text is read. */
    int MAX_TEXT_CHARACTERS = 1_500_000;

    /**
     * Reads a body.
     *
     * @throws FormatException when it is no AdmissionReview v1 with a request that can be answered; the message names the
     *     field and is safe to send back
     */
    static AdmissionRequest read(byte[] body) throws FormatException {
        if (!(parse(body) instanceof ObjectNode review)) {
            throw new FormatException("body must be a JSON object");
        }
        require(review, "apiVersion", "admission.k8s.io/v1");
        require(review, "kind", "AdmissionReview");
        if (!(review.path("request") instanceof ObjectNode request)) {
            throw new FormatException("request must be an object");
        }
        String uid = text(request, "uid");
        if (uid.isEmpty()) {
            throw new FormatException("request.uid is missing");
        }
        String operation = text(request, "operation");
        if (!(request.path("kind") instanceof ObjectNode kind)) {
            throw new FormatException("request.kind must be an object");
        }
        boolean podItself = text(kind, "group").isEmpty()
                && text(kind, "version").equals("v1")
                && text(kind, "kind").equals("Pod")
                && text(request, "subResource").isEmpty();
        if (!podItself || !operation.equals("CREATE")) {
            return new NotForUs(uid, operation + " " + text(kind, "kind"));
        }
        if (!(request.path("object") instanceof ObjectNode pod)) {
            throw new FormatException("request.object must be an object");
        }
        requireShape(pod);
        return new PodCreation(uid, text(request, "namespace"), pod);
    }

    private static JsonNode parse(byte[] body) throws FormatException {
        try {
            return Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            // The original message carries no excerpt of the body.
            throw new FormatException("body is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** Whatever is later read or patched has its type here, so that no later code needs to doubt it. */
    private static void requireShape(ObjectNode pod) throws FormatException {
        if (!(pod.path("metadata") instanceof ObjectNode metadata)) {
            throw new FormatException("request.object.metadata must be an object");
        }
        if (!(pod.path("spec") instanceof ObjectNode spec)) {
            throw new FormatException("request.object.spec must be an object");
        }
        requireTexts(metadata, "labels");
        requireTexts(metadata, "annotations");
        JsonNode gates = spec.path("readinessGates");
        if (!gates.isMissingNode() && !gates.isNull() && !gates.isArray()) {
            throw new FormatException("request.object.spec.readinessGates must be a list");
        }
    }

    private static void requireTexts(ObjectNode metadata, String field) throws FormatException {
        JsonNode map = metadata.path(field);
        if (map.isMissingNode() || map.isNull()) {
            return;
        }
        if (!map.isObject()) {
            throw new FormatException("request.object.metadata." + field + " must be an object");
        }
        for (JsonNode value : map) {
            if (!value.isTextual()) {
                throw new FormatException("request.object.metadata." + field + " must hold strings only");
            }
        }
    }

    private static void require(ObjectNode review, String field, String wanted) throws FormatException {
        if (!text(review, field).equals(wanted)) {
            throw new FormatException(field + " must be " + wanted);
        }
    }

    /** A text field; absent, null and empty are the same in Kubernetes' JSON. */
    private static String text(ObjectNode node, String field) throws FormatException {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isTextual()) {
            throw new FormatException(field + " must be a string");
        }
        return value.textValue();
    }

    /** The reader of bodies. */
    final class Json {
        static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxTokenCount(MAX_TOKENS)
                                .maxStringLength(MAX_TEXT_CHARACTERS)
                                .build())
                        // Names that strangers send are not kept for ever.
                        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                        // Excerpts of a body may hold secrets of the pod that is created.
                        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();

        private Json() {}
    }
}
