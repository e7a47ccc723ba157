// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import static org.l34gateway.bench.Aim.atMost;
import static org.l34gateway.bench.Aim.never;
import static org.l34gateway.bench.Aim.none;

import java.util.List;
import org.l34gateway.bench.Aim;

/** Every figure of whole pods, in the order in which they are shown. */
final class PodsAims {
    static final List<Aim> ALL = List.of(
            atMost(
                    "pod_sandbox_ms",
                    150,
                    40,
                    "ms of RunPodSandbox with our attachments less that of the same pod without, pair by pair"),
            atMost(
                    "change_50_pods_ms",
                    1_000,
                    200,
                    "ms from a change of a route until the kernel of the last of 50 pods has it"),
            never("ready_without_vip", "pods that were Ready without their VIPs, under traffic and kills"),
            never("residue", "addresses, rules, routes, records, mounts and reports left of all these pods"),
            none("pod_sandbox_with_ms", "ms of RunPodSandbox with our attachments, as the kubelet measures it"),
            none("pod_sandbox_without_ms", "the same without ours: primary network and one macvlan"),
            none("change_first_pod_ms", "ms until the first of the 50 pods has it"),
            none("pod_starts", "pods that became Ready while `ready_without_vip` was counted"),
            none("kills", "processes killed meanwhile: plugins at work, node-agents, pods with their sandboxes"),
            none("answers", "connections answered meanwhile"));

    private PodsAims() {}
}
