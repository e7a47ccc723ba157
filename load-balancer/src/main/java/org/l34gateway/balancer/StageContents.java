// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.Forwarding.Share;
import org.l34gateway.balancer.Forwarding.Way;
import org.l34gateway.balancer.ebpf.AnswerRoutes;
import org.l34gateway.balancer.ebpf.Place;
import org.l34gateway.balancer.ebpf.StageContent;
import org.l34gateway.balancer.ebpf.Wiring;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.program.Flow;
import org.l34gateway.program.FlowHash;
import org.l34gateway.program.Protocol;

/**
 * What of a blueprint the eBPF stage should know, brought from one program to the next: services that nftables finds by one look,
 * too, and that one backend has. Slots are those of the banks of nftables.
 */
final class StageContents {
    /** They are compared one after the other, so answers of a pod with more are left to nftables. */
    private static final int MOST_OWN = 64;

    private final Map<IpPrefix, Map<Octets, Place>> vips = new HashMap<>();
    private Map<IpFamily, Map<Octets, Place>> services = Map.of();
    private Map<IpFamily, Set<IpAddress>> singleVips = Map.of();
    private List<Flow> routes = List.of();
    private SortedSet<String> flows = new TreeSet<>();
    private Map<Integer, IpAddress> targets = Map.of();

    /**
     * Null when no packet can reach a target.
     *
     * @param own destinations that are this pod's
     */
    static @Nullable Wiring wiring(Devices devices, SortedSet<IpPrefix> own) {
        Devices.Device internal = devices.internal();
        if (internal == null || !internal.up()) {
            return null;
        }
        SortedSet<Integer> external = devices.external().values().stream()
                .filter(Devices.Device::ethernet)
                .map(Devices.Device::index)
                .collect(Collectors.toCollection(TreeSet::new));
        AnswerRoutes answers = internal.ethernet() && !external.isEmpty() && own.size() <= MOST_OWN
                ? new AnswerRoutes(internal.index(), external, TargetTree.ANSWER_TABLE, own)
                : null;
        return new Wiring(external, internal.index(), internal.mtuBytes(), answers);
    }

    /**
     * The next one, to be asked for after each step of the same blueprint.
     *
     * @param marks that this step has changed
     */
    StageContent next(Blueprint blueprint, Marks.Change marks) {
        boolean other = false;
        boolean otherVips = false;
        FlowHash hash = FlowHash.of(blueprint.seed());
        for (IpPrefix vip : blueprint.forwarding().changed()) {
            Map<Octets, Place> places = places(vip, blueprint, hash);
            Map<Octets, Place> before = places.isEmpty() ? vips.remove(vip) : vips.put(vip, places);
            other |= !places.equals(before == null ? Map.of() : before);
            otherVips |= vip.isHost()
                    && isKnown(vip) != blueprint.forwarding().ways().containsKey(vip);
        }
        // What did not change stays the same object, which is seen at once.
        if (other) {
            services = together();
        }
        if (otherVips) {
            singleVips = single(blueprint.forwarding().ways().keySet());
        }
        List<Flow> now = blueprint.forwarding().routes().flows();
        if (!now.equals(routes)) {
            routes = now;
            flows = new TreeSet<>();
            now.forEach(flow -> flows.add(flow.name()));
        }
        if (!marks.go().isEmpty() || !marks.come().isEmpty()) {
            targets = new HashMap<>();
            blueprint.marks().byAddress().forEach((address, mark) -> targets.put(mark, address));
        }
        return new StageContent(services, singleVips, flows, blueprint.banks(), targets);
    }

    private boolean isKnown(IpPrefix vip) {
        return singleVips.getOrDefault(vip.family(), Set.of()).contains(vip.address());
    }

    private static Map<IpFamily, Set<IpAddress>> single(Set<IpPrefix> vips) {
        return vips.stream()
                .filter(IpPrefix::isHost)
                .map(IpPrefix::address)
                .collect(Collectors.groupingBy(IpAddress::family, Collectors.toSet()));
    }

    private static Map<Octets, Place> places(IpPrefix vip, Blueprint blueprint, FlowHash hash) {
        Forwarding forwarding = blueprint.forwarding();
        List<Way> ways = forwarding.ways().getOrDefault(vip, List.of());
        Map<Octets, Place> places = new HashMap<>();
        for (Service service : forwarding.routes().services(vip)) {
            Way way = ways.get(service.flow());
            List<Share> shares = way.shares();
            if (shares.size() == 1 && !shares.getFirst().pool().isEmpty()) {
                SlotBanks.Cell cell = SlotBanks.Cell.of(
                        blueprint.pools().suffix(shares.getFirst().pool()));
                places.put(
                        Tables.key(vip, service),
                        new Place(
                                cell.bank(),
                                cell.offset(),
                                cell.slots(),
                                hash.seed(),
                                service.protocol() == Protocol.SCTP,
                                way.flow().name()));
            }
        }
        return places;
    }

    private Map<IpFamily, Map<Octets, Place>> together() {
        Map<IpFamily, Map<Octets, Place>> all = new EnumMap<>(IpFamily.class);
        vips.forEach((vip, places) ->
                all.computeIfAbsent(vip.family(), _ -> new HashMap<>()).putAll(places));
        return all;
    }
}
