// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/** A JSON Patch (RFC 6902) of additions; adding to a path that exists replaces the value there (§4.1). */
public record JsonPatch(List<Add> operations) {
    public static final JsonPatch EMPTY = new JsonPatch(List.of());

    public JsonPatch {
        operations = List.copyOf(operations);
    }

    /**
     * One addition.
     *
     * @param path JSON Pointer (RFC 6901) whose last segment may be {@code -}, the end of a list
     */
    public record Add(String path, JsonNode value) {}

    public boolean isEmpty() {
        return operations.isEmpty();
    }

    public ArrayNode toJson() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Add add : operations) {
            list.addObject().put("op", "add").put("path", add.path()).set("value", add.value());
        }
        return list;
    }

    /** One reference token of a JSON Pointer (RFC 6901 §3). */
    static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }
}
