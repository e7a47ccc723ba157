// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.api.Report;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.GatewayOptions;
import org.l34gateway.routing.GatewayProgram;

/**
 * What the cluster wants of this pod.
 *
 * @param gateway the Gateway, as reports name it
 * @param program what to forward
 * @param podUids UID of the pod of each target, by {@link GatewayProgram#targetKey}
 * @param answerVips VIPs whose answers are carried outside: those of all accepted routes, targets or not. Sorted
 * @param options how to forward
 * @param links the pod's networks
 * @param neighbours routers that BIRD shall talk to, by name
 * @param problems what can not be carried out, by object
 */
public record Wanted(
        Report.ObjectRef gateway,
        ForwardingProgram program,
        Map<String, String> podUids,
        SortedSet<IpPrefix> answerVips,
        GatewayOptions options,
        PodLinks links,
        List<BgpNeighbour> neighbours,
        List<Report.Problem> problems) {
    public Wanted {
        podUids = Map.copyOf(podUids);
        neighbours = List.copyOf(neighbours);
        problems = List.copyOf(problems);
    }

    /** Decides; a Gateway that is gone, foreign or another one of the same name wants nothing any more. */
    public static Wanted of(AgentIdentity identity, Inputs inputs) {
        Optional<GatewayDecision> found = GatewayDecision.all(inputs.cluster()).stream()
                .filter(decision -> identity.worksFor(decision.ref()))
                .findFirst();
        if (found.isEmpty()) {
            return nothing(identity);
        }
        GatewayDecision decision = found.get();
        GatewayProgram program = GatewayProgram.of(decision, inputs.slices());
        List<Report.Problem> problems = new ArrayList<>();
        Neighbours neighbours = Neighbours.of(decision.routers());
        problems.addAll(neighbours.problems());
        PodLinks links = PodLinks.of(decision.networks(), neighbours.taken(), inputs.self());
        if (links.problem() != null) {
            problems.add(Problems.aboutGateway(decision.ref(), "NetworkStatus", links.problem()));
        }
        return new Wanted(
                decision.ref(),
                program.program(),
                program.podUids(),
                decision.vips(),
                decision.options(),
                links,
                neighbours.taken(),
                problems);
    }

    private static Wanted nothing(AgentIdentity identity) {
        return new Wanted(
                identity.gatewayThatIsGone(),
                ForwardingProgram.empty(0),
                Map.of(),
                new TreeSet<>(),
                GatewayOptions.DEFAULT,
                PodLinks.NONE,
                List.of(),
                List.of());
    }

    /** The same, with a problem for each router whose interface is not there; BIRD waits for it. */
    public Wanted withMissing(Set<String> present) {
        List<Report.Problem> more = new ArrayList<>(problems);
        for (BgpNeighbour neighbour : neighbours) {
            if (!present.contains(neighbour.link().text())) {
                more.add(Problems.aboutRouter(
                        neighbour.name(), "InterfaceMissing", "the gateway pod has no interface " + neighbour.link()));
            }
        }
        return new Wanted(gateway, program, podUids, answerVips, options, links, neighbours, more);
    }

    /**
     * The same without VIPs in which this pod or a router is, with a problem for each: packets to these addresses are not for
     * targets, and without them nothing of the Gateway works.
     *
     * @param own addresses of this pod
     */
    public Wanted withoutVipsAround(Collection<IpAddress> own) {
        Set<IpAddress> used = new TreeSet<>(own);
        neighbours.forEach(neighbour -> used.add(neighbour.address()));
        Map<IpPrefix, IpAddress> wrong = new TreeMap<>();
        for (IpPrefix vip : answerVips) {
            used.stream().filter(vip::contains).findFirst().ifPresent(address -> wrong.put(vip, address));
        }
        if (wrong.isEmpty()) {
            return this;
        }
        List<Flow> flows = new ArrayList<>();
        for (Flow flow : program.flows()) {
            List<IpPrefix> rest = flow.destinations().stream()
                    .filter(vip -> !wrong.containsKey(vip))
                    .toList();
            if (!rest.isEmpty()) {
                flows.add(flow.to(flow.name(), rest, flow.backends()));
            }
        }
        SortedSet<IpPrefix> answered = new TreeSet<>(answerVips);
        answered.removeAll(wrong.keySet());
        List<Report.Problem> more = new ArrayList<>(problems);
        wrong.forEach((vip, address) -> more.add(Problems.aboutGateway(
                gateway,
                "VipOverlapsNetwork",
                "VIP " + vip + " is not carried out: " + address
                        + " is an address of the gateway pod or of a router")));
        ForwardingProgram possible = new ForwardingProgram(program.seed(), program.groups(), flows);
        return new Wanted(gateway, possible, podUids, answered, options, links, neighbours, more);
    }

    /** The same, with another program for the same targets. */
    public Wanted carryingOut(ForwardingProgram other) {
        return new Wanted(gateway, other, podUids, answerVips, options, links, neighbours, problems);
    }

    /**
     * Targets to watch over: address → UID of its pod, of the families in which they are to get packets and this pod has an
     * address towards them. Sorted.
     */
    public SortedMap<IpAddress, String> probed(Set<IpAddress> internalAddresses) {
        SortedMap<IpAddress, String> probed = new TreeMap<>();
        for (TargetGroup group : program.groups()) {
            for (Target target : group.targets()) {
                String pod = podUids.get(GatewayProgram.targetKey(group.key(), target.identifier()));
                for (IpAddress address : target.addresses()) {
                    boolean used = target.vips().stream().anyMatch(vip -> vip.family() == address.family());
                    boolean probeable = internalAddresses.stream().anyMatch(own -> own.family() == address.family());
                    if (pod != null && used && probeable) {
                        probed.put(address, pod);
                    }
                }
            }
        }
        return probed;
    }

    /** Addresses behind which every target drains: their silence is expected soon. Sorted. */
    public SortedSet<IpAddress> draining() {
        SortedSet<IpAddress> draining = new TreeSet<>();
        Set<IpAddress> others = new TreeSet<>();
        for (TargetGroup group : program.groups()) {
            group.targets().forEach(target -> (target.draining() ? draining : others).addAll(target.addresses()));
        }
        draining.removeAll(others);
        return draining;
    }

    /** The same without packets to these addresses. Targets keep their identifiers, so that their slots are theirs again later. */
    public Wanted without(Set<IpAddress> masked) {
        if (masked.isEmpty()) {
            return this;
        }
        List<TargetGroup> groups = new ArrayList<>();
        for (TargetGroup group : program.groups()) {
            groups.add(group.withTargets(group.targets().stream()
                    .map(target -> target.without(masked))
                    .toList()));
        }
        return carryingOut(new ForwardingProgram(program.seed(), groups, program.flows()));
    }

    /** VIPs with at least one target that gets packets: those that may be announced. Sorted. */
    public SortedSet<IpPrefix> servedVips() {
        return program.servedVips();
    }
}
