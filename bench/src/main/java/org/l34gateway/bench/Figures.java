// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** Those whose names begin like this. */
    public Figures beginning(String prefix) {
        Figures some = new Figures();
        byName.forEach((name, figure) -> {
            if (name.startsWith(prefix)) {
                some.put(name, figure);
            }
        });
        return some;
    }

    /** A table as docs/performance.md has it: the figures of the aims in their order, then the others. */
    public String markdown(List<Aim> aims) {
        StringBuilder text = new StringBuilder("""
                | figure | what it is | median | from – to | runs | wanted | met |
                |---|---|---|---|---|---|---|
                """);
        Map<String, Figure> others = new LinkedHashMap<>(byName);
        for (Aim aim : aims) {
            Figure figure = others.remove(aim.figure());
            if (figure != null) {
                text.append(row(aim, figure));
            } else if (aim.bound() != null) {
                text.append("| `%s` | %s | not measured | | | %s | |%n"
                        .formatted(aim.figure(), aim.meaning(), aim.wanted()));
            }
        }
        others.forEach((name, figure) -> text.append(row(Aim.none(name, ""), figure)));
        return text.toString();
    }

    private static String row(Aim aim, Figure figure) {
        return "| `%s` | %s | %s | %s – %s | %d | %s | %s |%n"
                .formatted(
                        aim.figure(),
                        aim.meaning(),
                        rounded(figure.median()),
                        rounded(figure.min()),
                        rounded(figure.max()),
                        figure.runs().size(),
                        aim.wanted(),
                        aim.verdict(figure));
    }

    /** To three digits, whole numbers as they are. */
    private static String rounded(double value) {
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : new BigDecimal(value).round(new MathContext(3)).toPlainString();
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
