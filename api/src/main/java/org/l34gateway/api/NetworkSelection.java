// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value of a Multus network selection annotation (Kubernetes Network Custom Resource Definition De-facto Standard
 * v1.3, §4): a JSON list of objects, or the short form {@code [NAMESPACE/]NAME[@INTERFACE], …}.
 *
 * @param elements in the order in which Multus attaches them
 */
public record NetworkSelection(List<Element> elements) {
    public static final NetworkSelection EMPTY = new NetworkSelection(List.of());

    /** Numbers of a user's element are written as they were read. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** As Multus takes it: spaces around each part, and any interface name that a kernel takes. */
    private static final Pattern SHORT =
            Pattern.compile("(?:([a-z0-9][a-z0-9-]*)\\s*/\\s*)?([a-z0-9][a-z0-9.-]*)(?:\\s*@\\s*([^\\s/@]{1,15}))?");

    public NetworkSelection {
        elements = List.copyOf(elements);
    }

    /**
     * One network that a pod wants.
     *
     * @param json the element as the user wrote it, or its long form when the user wrote the short one; kept whole, so
     *     that nothing is lost when it is written again
     */
    public record Element(ObjectNode json) {
        public Element {
            json = json.deepCopy();
        }

        @Override
        public ObjectNode json() {
            return json.deepCopy();
        }

        /** Name of the NetworkAttachmentDefinition. */
        public String name() {
            return json.path("name").asText();
        }

        /** Namespace of the NetworkAttachmentDefinition; the pod's own when null. */
        public @Nullable String namespace() {
            return text("namespace");
        }

        /** The interface that the pod asks for; Multus chooses {@code netN} when null. */
        public @Nullable String interfaceName() {
            return text("interface");
        }

        /** {@code cni-args}, an empty object when absent. */
        public ObjectNode cniArgs() {
            return json.path("cni-args") instanceof ObjectNode args
                    ? args.deepCopy()
                    : JsonNodeFactory.instance.objectNode();
        }

        private @Nullable String text(String field) {
            String value = json.path(field).asText();
            return value.isEmpty() ? null : value;
        }
    }

    /**
     * Reads an annotation; null, empty and blank are no networks.
     *
     * @throws FormatException when the text is neither form; the message says which element is wrong
     */
    public static NetworkSelection parse(@Nullable String annotation) throws FormatException {
        if (annotation == null || annotation.isBlank()) {
            return EMPTY;
        }
        String text = annotation.strip();
        return text.startsWith("[") || text.startsWith("{") ? parseJson(text) : parseShort(text);
    }

    private static NetworkSelection parseJson(String text) throws FormatException {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new FormatException("network selection is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!node.isArray()) {
            throw new FormatException("network selection must be a JSON list");
        }
        List<Element> elements = new ArrayList<>();
        for (JsonNode element : node) {
            String where = "network selection[" + elements.size() + "]";
            if (!(element instanceof ObjectNode object)) {
                throw new FormatException(where + " must be an object");
            }
            if (!object.path("name").isTextual() || object.path("name").asText().isEmpty()) {
                throw new FormatException(where + ".name is missing");
            }
            elements.add(new Element(object));
        }
        return new NetworkSelection(elements);
    }

    private static NetworkSelection parseShort(String text) throws FormatException {
        List<Element> elements = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = SHORT.matcher(part.strip());
            if (!matcher.matches()) {
                throw new FormatException("network selection[" + elements.size()
                        + "] must be [NAMESPACE/]NAME[@INTERFACE], got \"" + part.strip() + "\"");
            }
            ObjectNode element = JsonNodeFactory.instance.objectNode();
            element.put("name", matcher.group(2));
            if (matcher.group(1) != null) {
                element.put("namespace", matcher.group(1));
            }
            if (matcher.group(3) != null) {
                element.put("interface", matcher.group(3));
            }
            elements.add(new Element(element));
        }
        return new NetworkSelection(elements);
    }

    /** This selection with more elements at its end. */
    public NetworkSelection plus(List<Element> more) {
        List<Element> all = new ArrayList<>(elements);
        all.addAll(more);
        return new NetworkSelection(all);
    }

    /** The JSON form on one line. */
    public String toAnnotation() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        elements.forEach(element -> list.add(element.json()));
        return list.toString();
    }
}
