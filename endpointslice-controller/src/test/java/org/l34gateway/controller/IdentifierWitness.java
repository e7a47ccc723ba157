// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.api.SliceTargets;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.GatewayProgram;

/** Gateway pods that see each slice in a version of its own, and everything that is wrong in what they make of it. */
final class IdentifierWitness {
    private static final int READERS = 3;
    private static final Gateway GATEWAY = Fixtures.gateway("gw");
    private static final L34Route ROUTE = Fixtures.route("r", "gw", "web", "20.0.0.1/32");

    private final MemoryCluster cluster;
    private final Random dice;
    /** Index of the version that a reader sees, by name of the slice. */
    private final List<Map<String, Integer>> readers = new ArrayList<>();
    /** What readers made of slices, by the versions that they saw. */
    private final Map<Map<String, Integer>, Map<Integer, String>> programs = new HashMap<>();

    private final Map<String, Integer> forLife = new HashMap<>();
    private final List<String> broken = new ArrayList<>();
    private GatewayDecision decision;
    private long lookedAt;

    IdentifierWitness(MemoryCluster cluster, Random dice, Service service) {
        this.cluster = cluster;
        this.dice = dice;
        this.decision = Fixtures.decision(GATEWAY, List.of(ROUTE), service);
        for (int i = 0; i < READERS; i++) {
            readers.add(new TreeMap<>());
        }
    }

    List<String> broken() {
        return broken;
    }

    /** The Service is another from now on; gateway pods know at once. */
    void service(Service service) {
        decision = Fixtures.decision(GATEWAY, List.of(ROUTE), service);
        programs.clear();
    }

    /** Readers hear of some of what is new; then everything is checked. */
    void look() {
        Set<String> alive = alive();
        if (lookedAt != cluster.version()) {
            Map<Integer, String> named = new HashMap<>();
            newest().forEach(slice -> slice.targets().forEach(target -> {
                keeps(target.uid(), target.id(), alive);
                named(target, named);
            }));
            lookedAt = cluster.version();
        }
        readers.forEach(this::hear);
        for (Map<String, Integer> reader : readers) {
            targets(reader).forEach((id, uid) -> keeps(uid, id, alive));
            for (Map<String, Integer> other : readers) {
                targets(reader).forEach((id, uid) -> {
                    String owner = targets(other).getOrDefault(id, uid);
                    if (!owner.equals(uid) && alive.contains(owner) && alive.contains(uid)) {
                        broken.add("identifier " + id + " is of " + uid + " and of " + owner + ", and both live");
                    }
                });
            }
        }
    }

    private void hear(Map<String, Integer> reader) {
        cluster.sliceHistory().forEach((name, history) -> {
            int seen = reader.getOrDefault(name, -1);
            if (dice.nextBoolean()) {
                reader.put(name, seen + dice.nextInt(history.size() - seen));
            }
        });
    }

    private Set<String> alive() {
        Set<String> alive = new HashSet<>();
        cluster.podsAt(cluster.version())
                .forEach(pod -> alive.add(pod.getMetadata().getUid()));
        return alive;
    }

    /** An identifier is given away again only after every slice was written without its old owner. */
    private void named(SliceTargets.Target target, Map<Integer, String> named) {
        String other = named.putIfAbsent(target.id(), target.uid());
        if (other != null && !other.equals(target.uid())) {
            broken.add("slices name " + other + " and " + target.uid() + " for identifier " + target.id());
        }
    }

    private void keeps(String uid, int id, Set<String> alive) {
        Integer before = forLife.putIfAbsent(uid, id);
        if (before != null && before != id && alive.contains(uid)) {
            broken.add("identifier of " + uid + " was " + before + " and is " + id);
        }
    }

    /** What the slices say that the API server has; nothing of a slice that was defaced. */
    private List<SliceTargets> newest() {
        List<SliceTargets> said = new ArrayList<>();
        for (EndpointSlice slice : cluster.slicesAt(cluster.version())) {
            try {
                said.add(SliceTargets.parse(slice.getMetadata().getAnnotations().get(Names.TARGETS_ANNOTATION)));
            } catch (FormatException e) {
                said.add(SliceTargets.EMPTY);
            }
        }
        return said;
    }

    /** Identifier → UID of the targets that a gateway pod with this view has. */
    private Map<Integer, String> targets(Map<String, Integer> reader) {
        Map<Integer, String> known = programs.get(reader);
        if (known != null) {
            return known;
        }
        List<EndpointSlice> slices = new ArrayList<>();
        cluster.sliceHistory().forEach((name, history) -> {
            int index = reader.getOrDefault(name, -1);
            EndpointSlice slice = index < 0 ? null : history.get(index).object();
            if (slice != null) {
                slices.add(slice);
            }
        });
        GatewayProgram program = GatewayProgram.of(decision, slices);
        Map<Integer, String> targets = new TreeMap<>();
        program.podUids().forEach((key, uid) -> targets.put(Integer.parseInt(key.replaceFirst(".*/", "")), uid));
        if (new HashSet<>(targets.values()).size() < targets.size()) {
            broken.add("a pod has two identifiers: " + targets);
        }
        if (program.program().groups().getFirst().targets().size() != targets.size()) {
            broken.add("an identifier has two pods: " + program.program());
        }
        programs.put(Map.copyOf(reader), targets);
        return targets;
    }

    /** When everybody has heard of everything: all agree, and nobody waits for an identifier that is free. */
    void lookAtTheEnd() {
        readers.forEach(reader ->
                cluster.sliceHistory().forEach((name, history) -> reader.put(name, history.size() - 1)));
        look();
        List<SliceTargets> said = newest();
        if (said.size() != 2 || said.stream().distinct().count() > 1) {
            broken.add("slices do not agree: " + said);
        }
        Set<String> owners = new TreeSet<>();
        said.getFirst().targets().forEach(target -> owners.add(target.uid()));
        Set<String> wanted = new TreeSet<>();
        for (Pod pod : cluster.podsAt(cluster.version())) {
            String uid = pod.getMetadata().getUid();
            boolean reachable = !pod.getMetadata().getAnnotations().toString().contains("\"ips\":[]");
            // A pod that terminates is still a target, which drains.
            boolean serving =
                    "True".equals(pod.getStatus().getConditions().getFirst().getStatus());
            if (reachable
                    && !owners.contains(uid)
                    && owners.size() < decision.services().getFirst().capacity()) {
                broken.add(uid + " has no identifier, though one is free");
            }
            if (reachable && serving && owners.contains(uid)) {
                wanted.add(uid);
            }
        }
        if (!alive().containsAll(owners)) {
            broken.add("who is gone still owns an identifier: " + owners);
        }
        for (Map<String, Integer> reader : readers) {
            if (!wanted.equals(new TreeSet<>(targets(reader).values()))) {
                broken.add("targets are " + targets(reader) + " and should be " + wanted);
            }
        }
    }
}
