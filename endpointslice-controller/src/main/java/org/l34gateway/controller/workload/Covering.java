// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;

/** Whether an object already says everything that another one wants, whatever else it says (defaults, other writers). */
final class Covering {
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private Covering() {}

    static boolean covers(Object present, Object wanted) {
        return covers(JSON.<JsonNode>valueToTree(present), JSON.<JsonNode>valueToTree(wanted));
    }

    /** The JSON of an object with a fixed order of fields: equal objects give equal text. */
    static String text(Object object) {
        return JSON.valueToTree(object).toString();
    }

    private static boolean covers(JsonNode present, JsonNode wanted) {
        if (wanted.isNull()) {
            return true;
        }
        if (wanted.isObject()) {
            for (Map.Entry<String, JsonNode> field : wanted.properties()) {
                if (!covers(present.path(field.getKey()), field.getValue())) {
                    return false;
                }
            }
            return present.isObject() || wanted.isEmpty();
        }
        if (wanted.isArray()) {
            return coversList(present, wanted);
        }
        boolean numbers = present.isNumber() && wanted.isNumber();
        return numbers
                ? present.asDouble() == wanted.asDouble()
                : present.asText().equals(wanted.asText());
    }

    /** Named elements (containers, variables) are found by name, because other writers may add some; others by place. */
    private static boolean coversList(JsonNode present, JsonNode wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            JsonNode element = wanted.get(i);
            JsonNode counterpart =
                    element.has("name") ? named(present, element.path("name").asText()) : present.path(i);
            if (!covers(counterpart, element)) {
                return false;
            }
        }
        boolean byPlace = !wanted.isEmpty() && !wanted.get(0).has("name");
        return !byPlace || present.size() == wanted.size();
    }

    private static JsonNode named(JsonNode list, String name) {
        for (JsonNode element : list) {
            if (element.path("name").asText().equals(name)) {
                return element;
            }
        }
        return MissingNode.getInstance();
    }
}
