// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.node.NodeView.PodView;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.node.plan.ReportContent;
import org.l34gateway.node.plan.Trouble;
import org.l34gateway.node.probe.ProbedHops;
import org.l34gateway.node.sandbox.Placement;
import org.l34gateway.node.sandbox.Sandbox;

/** One pod in one run: what is wanted of it, what is remembered of it, and what went wrong. */
final class PodWork {
    final PodView pod;
    final List<Trouble> troubles = new ArrayList<>();
    PodMemory memory;

    PodWork(PodView pod, PodMemory memory) {
        this.pod = pod;
        this.memory = memory;
    }

    PodFacts facts() {
        return pod.facts();
    }

    /** Null while it is not found. */
    @Nullable
    Sandbox sandbox() {
        return memory.placement() instanceof Placement.Found(Sandbox sandbox) ? sandbox : null;
    }

    /** What to probe in the sandbox: the next hops that are on a link of it. */
    ProbedHops.Hops hops(NodeView view) {
        Map<IpAddress, ProbedHops.Hop> onLink = new HashMap<>();
        for (IpAddress hop : memory.plan().nextHops()) {
            memory.reading()
                    .interfaceOf(hop)
                    .ifPresent(ifindex ->
                            onLink.put(hop, new ProbedHops.Hop(ifindex, view.vouchersFor(hop, pod.attachments()))));
        }
        return new ProbedHops.Hops(facts().label(), onLink);
    }

    /** For the NodeReport. */
    ReportContent.PodState state() {
        Sandbox sandbox = sandbox();
        return new ReportContent.PodState(
                facts(),
                sandbox == null ? "" : sandbox.id(),
                memory.reading().addresses(),
                memory.reading().usable(),
                troubles);
    }
}
