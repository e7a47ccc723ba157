// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;

/** All findings, and what they come to. */
public record Diagnosis(List<Finding> findings) {
    public Diagnosis {
        findings = List.copyOf(findings);
    }

    /** Whether {@code lab}, {@code demo} and {@code test} work here. */
    public boolean labWorks() {
        return checkWorks() && none(Finding.State.NO_LAB);
    }

    /** Whether {@code check} works here. */
    public boolean checkWorks() {
        return none(Finding.State.NOTHING);
    }

    public String json() {
        var all = new LinkedHashMap<String, Object>();
        all.put("lab", labWorks());
        all.put("check", checkWorks());
        all.put("findings", findings);
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can be written as JSON", e);
        }
    }

    /** For people: a line per finding, then what works. */
    public String table() {
        var text = new StringBuilder();
        for (Finding finding : findings) {
            String mark = switch (finding.state()) {
                case OK -> "ok";
                case OPTIONAL -> "optional";
                case NO_LAB, NOTHING -> "MISSING";
            };
            text.append("  %-8s %-36s %s%n".formatted(mark, finding.what(), finding.detail()));
        }
        text.append("%n  ./l34 check: %s%n".formatted(checkWorks() ? "works" : "does not work"));
        text.append("  ./l34 lab, demo, test: %s%n".formatted(labWorks() ? "work" : "do not work"));
        return text.toString();
    }

    private boolean none(Finding.State state) {
        return findings.stream().noneMatch(finding -> finding.state() == state);
    }
}
