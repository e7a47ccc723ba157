// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.controller.slices.GatewayPod;

/** Which targets the gateway pods reach, as they report it, for the Gateway's conditions. */
public final class Reach {
    /** Targets that a message names; a network that is gone fails hundreds at once. */
    private static final int NAMED = 10;

    private Reach() {}

    /**
     * What is wrong. Texts are sorted and the same for the same state.
     *
     * @param pods of the Gateway
     * @param names of the namespace's pods, by UID; a target that is not in it is gone, and not told
     */
    public static List<GatewayFacts.Problem> problems(List<GatewayPod> pods, Map<String, String> names) {
        List<GatewayFacts.Problem> problems = new ArrayList<>();
        List<String> isolated = pods.stream()
                .filter(GatewayPod::isolated)
                .map(GatewayPod::name)
                .sorted()
                .toList();
        if (!isolated.isEmpty()) {
            problems.add(new GatewayFacts.Problem(
                    "GatewayPodIsolated",
                    "out of service because they do not reach targets that other gateway pods reach: "
                            + String.join(", ", isolated)));
        }
        List<GatewayPod> counted = pods.stream()
                .filter(pod -> pod.report() != null && !pod.isolated())
                .toList();
        Map<String, Integer> missedBy = new TreeMap<>();
        for (GatewayPod pod : counted) {
            for (GatewayReportSpec.Unreachable target : pod.unreachable()) {
                String name = names.get(target.podUID());
                if (name != null) {
                    missedBy.merge(name, 1, Integer::sum);
                }
            }
        }
        if (!missedBy.isEmpty()) {
            List<String> texts = new ArrayList<>();
            missedBy.entrySet().stream()
                    .limit(NAMED)
                    .forEach(each -> texts.add(
                            each.getKey() + " from " + each.getValue() + " of " + counted.size() + " gateway pods"));
            if (missedBy.size() > NAMED) {
                texts.add((missedBy.size() - NAMED) + " more");
            }
            problems.add(new GatewayFacts.Problem(
                    "TargetsUnreachable", "targets without answer: " + String.join(", ", texts)));
        }
        return problems;
    }
}
