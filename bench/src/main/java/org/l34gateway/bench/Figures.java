// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The figures of a benchmark, in the order in which they were measured. */
public final class Figures {
    private final Map<String, Figure> byName = new LinkedHashMap<>();

    /** Adds one under a name that is not used yet. */
    public void put(String name, Figure figure) {
        byName.put(name, figure);
    }

    /** {@code {"figures": {NAME: {"median": x, "min": x, "max": x, "runs": n}, …}}}. */
    public String json() {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        ObjectNode figures = root.putObject("figures");
        byName.forEach((name, figure) -> figures.putObject(name)
                .put("median", figure.median())
                .put("min", figure.min())
                .put("max", figure.max())
                .put("runs", figure.runs().size()));
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("numbers that are no JSON", impossible);
        }
    }

    /** One line for each. */
    public String table() {
        StringBuilder text =
                new StringBuilder("%-18s %10s %10s %10s %5s%n".formatted("figure", "median", "min", "max", "runs"));
        byName.forEach((name, figure) -> text.append("%-18s %10.3f %10.3f %10.3f %5d%n"
                .formatted(
                        name,
                        figure.median(),
                        figure.min(),
                        figure.max(),
                        figure.runs().size())));
        return text.toString();
    }
}
