// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.List;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.controller.slices.GatewayPod;
import org.l34gateway.controller.slices.GatewaySlices;
import org.l34gateway.routing.GatewayDecision;

/**
 * What is decided about one Gateway before its slices are written.
 *
 * @param pods gateway pods with their reports
 * @param slices of its Services; as they should be, even where they may not be written now
 */
record GatewayStep(List<GatewayPod> pods, GatewaySlices slices) {
    /** What is remembered from one run to the next. */
    record Memory(GatewaySlices.Memory slices) {
        static Memory none() {
            return new Memory(GatewaySlices.Memory.none());
        }
    }

    static GatewayStep decide(GatewayDecision decision, World world, Memory memory, long now) {
        String namespace = decision.ref().namespace();
        List<Pod> namespacePods = world.snapshot().in(namespace, Pod.class);
        List<GatewayPod> pods =
                GatewayPod.of(decision.ref(), namespacePods, world.snapshot().in(namespace, GatewayReport.class));
        GatewaySlices.Inputs inputs = new GatewaySlices.Inputs(
                namespacePods,
                pods,
                world.nodes(),
                world.nodeReports(),
                world.snapshot().in(namespace, EndpointSlice.class),
                now);
        return new GatewayStep(pods, GatewaySlices.decide(decision, inputs, memory.slices()));
    }

    Memory memory() {
        return new Memory(slices.memory());
    }

    Duration patience() {
        return slices.patience();
    }
}
