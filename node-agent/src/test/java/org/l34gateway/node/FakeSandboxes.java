// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Examples;
import org.l34gateway.node.plan.Held;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.node.plan.Target;
import org.l34gateway.node.sandbox.Applied;
import org.l34gateway.node.sandbox.Placement;
import org.l34gateway.node.sandbox.Reading;
import org.l34gateway.node.sandbox.Sandbox;
import org.l34gateway.node.sandbox.SandboxRefused;
import org.l34gateway.node.sandbox.Sandboxes;

/** Sandboxes in memory; every change is noted in {@link #log}. */
final class FakeSandboxes implements Sandboxes {
    /** Pod UID → its sandbox. */
    final Map<String, Sandbox> placed = new HashMap<>();

    /** Sandbox id → what it holds. */
    final Map<String, Map<AttachmentKey, Held>> held = new HashMap<>();

    final List<String> log;
    boolean refusing;
    int reads;
    int collections;
    Runnable beforeRead = () -> {};

    FakeSandboxes(List<String> log) {
        this.log = log;
    }

    void place(String podUid, String sandbox) {
        placed.put(podUid, new Sandbox(sandbox, "/run/netns/" + sandbox));
    }

    @Override
    public void look() {}

    @Override
    public boolean hasRecords(PodFacts pod) {
        Sandbox sandbox = placed.get(pod.uid());
        return sandbox != null && held.containsKey(sandbox.id());
    }

    @Override
    public Placement find(PodFacts pod, boolean adopt) {
        Sandbox sandbox = placed.get(pod.uid());
        return sandbox == null ? new Placement.Missing("nowhere") : new Placement.Found(sandbox);
    }

    @Override
    public Reading read(Sandbox sandbox) {
        reads++;
        beforeRead.run();
        return new Reading(
                Examples.addresses("10.0.0.7"),
                Examples.vips("10.0.0.0/24 10.1.0.0/16"),
                new TreeMap<>(Map.of(IpPrefix.parse("10.1.0.0/16"), 3)),
                Set.of(),
                held.getOrDefault(sandbox.id(), Map.of()));
    }

    @Override
    public Applied apply(PodFacts pod, Sandbox sandbox, SortedMap<AttachmentKey, Target> targets, Reading before) {
        if (refusing) {
            throw new SandboxRefused(sandbox.id(), new IllegalStateException("EPERM"));
        }
        Map<AttachmentKey, Held> now = new HashMap<>(held.getOrDefault(sandbox.id(), Map.of()));
        List<String> changed = new ArrayList<>();
        targets.forEach((key, target) -> {
            now.put(
                    key,
                    new Held(
                            target.gatewayName(),
                            target.vips(),
                            target.vips(),
                            target.nextHops(),
                            target.isEmpty() ? new TreeSet<>() : Examples.bothFamilies(),
                            5000));
            changed.add(pod.name() + " holds " + target.vips() + " via " + target.nextHops());
        });
        held.put(sandbox.id(), now);
        log.addAll(changed);
        return new Applied(changed, read(sandbox));
    }

    @Override
    public List<String> collectGarbage(Collection<PodFacts> present) {
        collections++;
        return List.of();
    }
}
