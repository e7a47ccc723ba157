// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.l34gateway.ip.IpPrefix;

/**
 * What one gateway pod must forward. Equal inputs give equal programs in every replica.
 *
 * <p>VIPs may be within each other. A packet belongs to the longest one that has its destination. All flows to that VIP, or to one
 * in which it is, are for the packet, and all targets that hold that VIP, or one in which it is.
 *
 * @param seed fixed for the life of a Gateway (from its UID): every replica deals the same slots and hashes the same way
 * @param groups sorted by key, each key once
 * @param flows highest priority first; the given order is kept among equal priorities and decides between them
 */
public record ForwardingProgram(long seed, List<TargetGroup> groups, List<Flow> flows) {
    /** @throws IllegalArgumentException when a key or a flow's name is twice, or a backend names a group that is not there */
    public ForwardingProgram {
        groups = groups.stream().sorted(Comparator.comparing(TargetGroup::key)).toList();
        flows = flows.stream()
                .sorted(Comparator.comparingInt(Flow::priority).reversed())
                .toList();
        Set<String> keys = new HashSet<>();
        for (TargetGroup group : groups) {
            if (!keys.add(group.key())) {
                throw new IllegalArgumentException("two target groups have the key " + group.key());
            }
        }
        Set<String> names = new HashSet<>();
        for (Flow flow : flows) {
            if (!names.add(flow.name())) {
                throw new IllegalArgumentException("two flows have the name " + flow.name());
            }
            for (Backend backend : flow.backends()) {
                if (!keys.contains(backend.group())) {
                    throw new IllegalArgumentException(
                            flow.name() + " names a target group that is not there: " + backend.group());
                }
            }
        }
    }

    /** VIPs with at least one target that gets packets. Sorted. */
    public NavigableSet<IpPrefix> servedVips() {
        NavigableSet<IpPrefix> served = new TreeSet<>();
        for (Flow flow : flows) {
            for (Backend backend : flow.backends()) {
                if (backend.weight() > 0) {
                    List<Target> targets = group(backend.group()).targets();
                    flow.destinations().stream()
                            .filter(vip -> targets.stream().anyMatch(target -> target.holds(vip)))
                            .forEach(served::add);
                }
            }
        }
        return served;
    }

    private TargetGroup group(String key) {
        return groups.stream()
                .filter(group -> group.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    /** Forwards nothing. */
    public static ForwardingProgram empty(long seed) {
        return new ForwardingProgram(seed, List.of(), List.of());
    }
}
