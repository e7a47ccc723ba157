// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.l34gateway.api.NodeReport;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.ServiceDecision;

/**
 * The slices of all Services of one Gateway.
 *
 * @param services in the order of the decision
 * @param laggards gateway pods that are next hops and do not carry the answers of a VIP: {@code POD does not answer for VIP}
 * @param patience until a gateway pod stops counting; zero when nobody is waited for
 * @param memory for the next look
 */
public record GatewaySlices(List<OfService> services, List<String> laggards, Duration patience, Memory memory) {
    /** A Service and its slices. */
    public record OfService(ServiceDecision service, ServiceSlices slices) {}

    /** What must be remembered between two looks at a Gateway: since when which gateway pod is waited for. */
    public static final class Memory {
        private final AnswerGate gate;

        private Memory(AnswerGate gate) {
            this.gate = gate;
        }

        /** Of a Gateway that was never looked at. */
        public static Memory none() {
            return new Memory(AnswerGate.NEW);
        }
    }

    /**
     * What the decision depends on.
     *
     * @param namespacePods pods of the Gateway's namespace
     * @param gatewayPods of the Gateway
     * @param nodes by name
     * @param reports of node-agents, by node name
     * @param slices of ours in the Gateway's namespace
     * @param now monotonic nanoseconds
     */
    public record Inputs(
            List<Pod> namespacePods,
            List<GatewayPod> gatewayPods,
            Map<String, Node> nodes,
            Map<String, NodeReport> reports,
            List<EndpointSlice> slices,
            long now) {}

    public static GatewaySlices decide(GatewayDecision decision, Inputs inputs, Memory memory) {
        AnswerGate.Look look = memory.gate.look(decision.vips(), inputs.gatewayPods(), inputs.now());
        ServiceSlices.Surroundings around = new ServiceSlices.Surroundings(
                decision.ref(), decision.networks(), inputs.namespacePods(), inputs.nodes(), inputs.reports(), look);
        List<OfService> services = new ArrayList<>();
        for (ServiceDecision service : decision.services()) {
            services.add(
                    new OfService(service, ServiceSlices.decide(service, around, present(service, inputs.slices()))));
        }
        return new GatewaySlices(
                services,
                look.laggards().stream()
                        .map(missing -> missing.podName() + " does not answer for " + missing.vip())
                        .toList(),
                look.patience(),
                new Memory(look.next()));
    }

    /** Slices of ours that belong to a Service. */
    public static List<EndpointSlice> present(ServiceDecision service, List<EndpointSlice> slices) {
        return slices.stream()
                .filter(slice -> ServiceSlices.belongs(slice, service))
                .toList();
    }
}
