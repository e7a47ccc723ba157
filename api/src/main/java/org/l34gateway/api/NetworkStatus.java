// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of Multus' network status annotation (Kubernetes Network Custom Resource Definition De-facto Standard v1.3,
 * §5): what a pod has been attached to.
 *
 * @param entries in the order in which Multus attached them
 */
public record NetworkStatus(List<Entry> entries) {
    public static final NetworkStatus EMPTY = new NetworkStatus(List.of());

    private static final ObjectMapper JSON = new ObjectMapper();

    public NetworkStatus {
        entries = List.copyOf(entries);
    }

    /**
     * One attachment.
     *
     * @param name {@code NAMESPACE/NAME} of the NetworkAttachmentDefinition
     * @param interfaceName in the pod; empty when the plugin named none
     * @param ips addresses without prefix length, as text
     */
    public record Entry(String name, String interfaceName, List<String> ips) {
        public Entry {
            ips = List.copyOf(ips);
        }
    }

    /**
     * Reads an annotation; null and blank are no entries, unknown fields are left alone.
     *
     * @throws FormatException when the text is not a JSON list of objects
     */
    public static NetworkStatus parse(@Nullable String annotation) throws FormatException {
        if (annotation == null || annotation.isBlank()) {
            return EMPTY;
        }
        JsonNode node;
        try {
            node = JSON.readTree(annotation);
        } catch (JsonProcessingException e) {
            throw new FormatException("network status is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!node.isArray()) {
            throw new FormatException("network status must be a JSON list");
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode entry : node) {
            List<String> ips = new ArrayList<>();
            entry.path("ips").forEach(ip -> ips.add(ip.asText()));
            entries.add(new Entry(
                    entry.path("name").asText(), entry.path("interface").asText(), ips));
        }
        return new NetworkStatus(entries);
    }
}
