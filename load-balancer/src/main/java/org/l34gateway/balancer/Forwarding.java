// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/**
 * A program seen from its VIPs: which flows touch a VIP, in order, and who shares each.
 *
 * @param ways VIP (host prefix) → its flows, the first that matches decides
 * @param problems what of the program is not forwarded, for a human
 */
record Forwarding(SortedMap<IpPrefix, List<Way>> ways, List<String> problems) {
    /** One flow on its way to a VIP. */
    record Way(Flow flow, List<Share> shares) {}

    /** One backend's part of a flow; weight above 0. */
    record Share(SlotPool pool, int weight) {}

    /** The addresses that need a mark: those of targets that hold a VIP of the address's family. */
    static Set<IpAddress> addresses(ForwardingProgram program, Set<IpFamily> families) {
        Set<IpAddress> addresses = new HashSet<>();
        for (TargetGroup group : program.groups()) {
            for (Target target : group.targets()) {
                for (IpAddress address : target.addresses()) {
                    if (families.contains(address.family()) && holdsAny(target, address.family())) {
                        addresses.add(address);
                    }
                }
            }
        }
        return addresses;
    }

    private static boolean holdsAny(Target target, IpFamily family) {
        for (IpPrefix vip : target.vips()) {
            if (vip.family() == family) {
                return true;
            }
        }
        return false;
    }

    static Forwarding of(ForwardingProgram program, Set<IpFamily> families, Marks marks) {
        Map<String, TargetGroup> groups = new HashMap<>();
        program.groups().forEach(group -> groups.put(group.key(), group));
        SortedMap<IpPrefix, List<Way>> ways = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (Flow flow : program.flows()) {
            for (IpPrefix vip : flow.destinations()) {
                if (!vip.isHost()) {
                    problems.add(flow.name() + ": destination " + vip + " is not one address and is not forwarded");
                } else if (!families.contains(vip.family())) {
                    problems.add(
                            flow.name() + ": this gateway pod does not forward " + vip.family() + ", so not " + vip);
                } else {
                    ways.computeIfAbsent(vip, _ -> new ArrayList<>()).add(way(flow, vip, groups, marks));
                }
            }
        }
        Set<IpAddress> unmarked = addresses(program, families);
        unmarked.removeIf(marks.byAddress()::containsKey);
        unmarked.stream().sorted().forEach(address -> problems.add("no mark is left for target address " + address));
        return new Forwarding(Collections.unmodifiableSortedMap(ways), List.copyOf(problems));
    }

    private static Way way(Flow flow, IpPrefix vip, Map<String, TargetGroup> groups, Marks marks) {
        List<Share> shares = flow.backends().stream()
                .filter(backend -> backend.weight() > 0)
                .flatMap(backend -> Optional.ofNullable(groups.get(backend.group())).stream()
                        .map(group -> new Share(pool(group, vip, marks), backend.weight())))
                .toList();
        return new Way(flow, shares);
    }

    private static SlotPool pool(TargetGroup group, IpPrefix vip, Marks marks) {
        Map<Integer, Integer> active = new TreeMap<>();
        for (Target target : group.targets()) {
            if (target.vips().contains(vip)) {
                for (IpAddress address : target.addresses()) {
                    @Nullable
                    Integer mark =
                            address.family() == vip.family() ? marks.byAddress().get(address) : null;
                    if (mark != null) {
                        active.put(target.identifier(), mark);
                    }
                }
            }
        }
        return SlotPool.of(group, vip.family(), active);
    }

    /** Every pool that has a target, once, in the order of the VIPs. */
    List<SlotPool> pools() {
        Map<SlotPool, Boolean> pools = new LinkedHashMap<>();
        for (List<Way> each : ways.values()) {
            for (Way way : each) {
                way.shares().stream()
                        .map(Share::pool)
                        .filter(pool -> !pool.isEmpty())
                        .forEach(pool -> pools.put(pool, true));
            }
        }
        return List.copyOf(pools.keySet());
    }

    /** Which targets get packets of which VIP. */
    Set<TargetVip> targets() {
        Set<TargetVip> targets = new HashSet<>();
        ways.forEach((vip, each) -> each.forEach(way -> way.shares().forEach(share -> {
            SlotPool pool = share.pool();
            pool.marks().keySet().forEach(identifier -> targets.add(new TargetVip(pool.group(), identifier, vip)));
        })));
        return targets;
    }
}
