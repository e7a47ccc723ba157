// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Names;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Redeal;
import org.l34gateway.program.TargetGroup;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.GatewayProgram;
import org.l34gateway.routing.ServiceDecision;

/**
 * Services that declare another number of endpoints than before. That may deal their slots anew, which is the operator's act
 * and is announced (design, decision 8). A change that no process saw happen is not.
 */
final class CapacityChanges {
    /** UID of a Service → what it declared last. */
    private final Map<String, Integer> known = new HashMap<>();

    /**
     * A change.
     *
     * @param note one sentence for a person
     */
    record Change(GatewayDecision gateway, Service service, String note) {}

    /**
     * What has changed since the call before; nothing of Services that are seen for the first time.
     *
     * @param slices of all Services
     */
    List<Change> look(List<GatewayDecision> decisions, List<EndpointSlice> slices) {
        Map<String, Integer> before = Map.copyOf(known);
        known.clear();
        List<Change> changes = new ArrayList<>();
        for (GatewayDecision decision : decisions) {
            for (ServiceDecision service : decision.services()) {
                known.put(service.key(), service.capacity());
                @Nullable Integer former = before.get(service.key());
                if (former != null && former != service.capacity()) {
                    changes.add(new Change(decision, service.service(), note(decision, service, former, slices)));
                }
            }
        }
        return changes;
    }

    private static String note(
            GatewayDecision decision, ServiceDecision service, int former, List<EndpointSlice> slices) {
        ForwardingProgram program = GatewayProgram.of(decision, slices).program();
        double share = program.groups().stream()
                .filter(group -> group.key().equals(service.key()))
                .mapToDouble((TargetGroup group) -> Redeal.share(program.seed(), group, former))
                .sum();
        String change = Names.MAX_ENDPOINTS_LABEL + " of Service "
                + service.service().getMetadata().getName() + " is " + service.capacity() + " and was " + former;
        return share == 0
                ? change + ": no flow moves"
                : change + ": slots are dealt anew, " + Math.round(share * 100)
                        + " % of new flows go to another target than before; TCP connections go on if they say something"
                        + " within 30 s";
    }
}
