// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/**
 * Where a new flow's packet goes under a program, worked out without a kernel: the kernel's answer when nothing is remembered
 * of its flow, and for TCP that it begins one (docs/adr/0008). For tests and explanations.
 */
public final class Evaluator {
    private Evaluator() {}

    /** What becomes of a packet. */
    public sealed interface Outcome {}

    /** The destination is no VIP. */
    public record NoVip() implements Outcome {}

    /** No route takes it: dropped. */
    public record NoFlow() implements Outcome {}

    /**
     * A route takes it and nobody has it: dropped.
     *
     * @param flow the route's {@link Flow#name()}
     */
    public record NoTarget(String flow) implements Outcome {}

    /**
     * It reaches a target.
     *
     * @param flow the route's {@link Flow#name()}
     * @param group {@link TargetGroup#key()}
     * @param slot of the group's table
     * @param identifier of the target
     */
    public record Reaches(String flow, String group, int slot, int identifier) implements Outcome {}

    /** Decides. */
    public static Outcome decide(ForwardingProgram program, Packet packet) {
        Optional<IpPrefix> longest = program.flows().stream()
                .flatMap(flow -> flow.destinations().stream())
                .filter(vip -> vip.contains(packet.destination()))
                .max(Comparator.comparingInt(IpPrefix::length));
        if (longest.isEmpty()) {
            return new NoVip();
        }
        IpPrefix vip = longest.get();
        for (Flow flow : program.flows()) {
            if (flow.destinations().stream().anyMatch(each -> each.contains(vip)) && takes(flow, packet)) {
                return backend(program, flow, vip, packet);
            }
        }
        return new NoFlow();
    }

    private static boolean takes(Flow flow, Packet packet) {
        boolean admitted =
                flow.sources().isEmpty() || flow.sources().stream().anyMatch(each -> each.contains(packet.source()));
        if (!admitted || !packet.hasPorts()) {
            return admitted;
        }
        return flow.protocols().stream().anyMatch(each -> each.number() == packet.protocol())
                && contains(flow.sourcePorts(), packet.sourcePort())
                && contains(flow.destinationPorts(), packet.destinationPort())
                && flow.byteMatches().stream().allMatch(each -> each.matches(packet.header()));
    }

    private static boolean contains(List<PortRange> ranges, int port) {
        return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.contains(port));
    }

    private static Outcome backend(ForwardingProgram program, Flow flow, IpPrefix vip, Packet packet) {
        List<Backend> backends =
                flow.backends().stream().filter(each -> each.weight() > 0).toList();
        if (backends.isEmpty()) {
            return new NoTarget(flow.name());
        }
        FlowHash hash = FlowHash.of(program.seed());
        int chosen = 0;
        if (backends.size() > 1) {
            int part = slot(WeightedSplit.hash(hash), packet, WeightedSplit.PARTS);
            List<Integer> ends =
                    WeightedSplit.ends(backends.stream().map(Backend::weight).toList());
            while (part >= ends.get(chosen)) {
                chosen++;
            }
        }
        String key = backends.get(chosen).group();
        TargetGroup group = program.groups().stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow();
        BitSet holders = new BitSet();
        BitSet draining = new BitSet();
        for (Target target : group.targets()) {
            if (target.holds(vip) && target.addresses().stream().anyMatch(each -> each.family() == vip.family())) {
                holders.set(target.identifier());
                draining.set(target.identifier(), target.draining());
            }
        }
        BitSet active = TargetGroup.takingNewFlows(holders, draining);
        if (active.isEmpty()) {
            return new NoTarget(flow.name());
        }
        int slot =
                slot(hash, packet, SlotTableSize.forCapacity(group.capacity()).slots());
        return new Reaches(flow.name(), key, slot, owner(program, group, active, slot));
    }

    private static int owner(ForwardingProgram program, TargetGroup group, BitSet active, int slot) {
        return switch (group.dealing()) {
            // Need not deal all others.
            case RENDEZVOUS ->
                SlotDeal.of(program.seed(), group.key(), group.capacity()).owner(slot, active);
            case MAGLEV ->
                group.dealing()
                        .among(program.seed(), group.key(), group.capacity(), active)
                        .owner(slot);
        };
    }

    private static int slot(FlowHash hash, Packet packet, int slots) {
        IpAddress source = packet.source();
        IpAddress destination = packet.destination();
        if (packet.protocol() == Protocol.SCTP.number()) {
            return hash.slot(packet.sourcePort(), packet.destinationPort(), slots);
        }
        return packet.hasPorts()
                ? hash.slot(source, destination, packet.sourcePort(), packet.destinationPort(), slots)
                : hash.slot(source, destination, slots);
    }
}
