// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Flow;
import org.l34gateway.program.FlowTree;

/**
 * Routes whose ports and clients overlap so much that telling them apart would take too much ({@link FlowTree}). Nothing is
 * worked out beyond the limits, so that a decision takes bounded time for each VIP that is too large, whatever its routes say.
 */
final class TreeLimits {
    /** {@link FlowTree#size} of one VIP. */
    static final int OF_A_VIP = 1 << 15;

    /** The same of all VIPs. */
    static final int OF_A_GATEWAY = 1 << 19;

    /** So many routes of a VIP are looked for that do not fit; what is younger than all of them is refused too. */
    private static final int SEARCHES = 4;

    /** Flow's name → why it does not fit. */
    private final Map<String, String> refused = new HashMap<>();

    /** By family and names of the flows: many VIPs have the same. */
    private final Map<List<Object>, Set<String>> tooMuch = new HashMap<>();

    private TreeLimits() {}

    /**
     * The flows that do not fit, and why.
     *
     * @param byAge the oldest first; of several that do not fit together the youngest is refused
     */
    static Map<String, String> refused(List<Flow> byAge) {
        TreeLimits limits = new TreeLimits();
        vips(byAge).forEach(limits::ofVip);
        List<Flow> left = byAge.stream()
                .filter(flow -> !limits.refused.containsKey(flow.name()))
                .toList();
        int fitting = longest(left.size(), count -> fits(left.subList(0, count)));
        for (Flow flow : left.subList(fitting, left.size())) {
            limits.refused.put(
                    flow.name(),
                    "the older routes of the Gateway are all that can be told apart by ports and clients: that takes "
                            + OF_A_GATEWAY + " steps at most; name fewer ranges, or use another Gateway");
        }
        return limits.refused;
    }

    /** The flows of each VIP: those to itself, and to prefixes in which it is. */
    private static Map<IpPrefix, List<Flow>> vips(List<Flow> flows) {
        NavigableSet<IpPrefix> all = new TreeSet<>();
        flows.forEach(flow -> all.addAll(flow.destinations()));
        Map<IpPrefix, List<Flow>> vips = new TreeMap<>();
        for (Flow flow : flows) {
            Set<IpPrefix> within = new TreeSet<>();
            for (IpPrefix destination : flow.destinations()) {
                // What is in a prefix follows it in the order of prefixes.
                for (IpPrefix vip : all.tailSet(destination, true)) {
                    if (!destination.contains(vip)) {
                        break;
                    }
                    within.add(vip);
                }
            }
            within.forEach(
                    vip -> vips.computeIfAbsent(vip, _ -> new ArrayList<>()).add(flow));
        }
        return vips;
    }

    private void ofVip(IpPrefix vip, List<Flow> flows) {
        List<Object> key = List.of(vip.family(), flows.stream().map(Flow::name).toList());
        for (String flow : tooMuch.computeIfAbsent(key, _ -> search(vip.family(), flows))) {
            refused.putIfAbsent(
                    flow,
                    "ports and clients of the routes to " + vip
                            + " overlap so much that telling them apart would take more than " + OF_A_VIP
                            + " steps, the limit of a VIP; name fewer ranges, or ranges that do not overlap");
        }
    }

    private static Set<String> search(IpFamily family, List<Flow> flows) {
        List<Flow> kept = new ArrayList<>(flows);
        Set<String> refused = new HashSet<>();
        while (size(family, kept) > OF_A_VIP) {
            int fitting = longest(kept.size(), count -> size(family, kept.subList(0, count)) <= OF_A_VIP);
            List<Flow> gone = kept.subList(fitting, refused.size() < SEARCHES ? fitting + 1 : kept.size());
            gone.forEach(flow -> refused.add(flow.name()));
            gone.clear();
        }
        return refused;
    }

    private static int size(IpFamily family, List<Flow> flows) {
        return FlowTree.size(flows, family, OF_A_VIP);
    }

    private static boolean fits(List<Flow> flows) {
        long together = 0;
        for (Map.Entry<IpPrefix, List<Flow>> vip : vips(flows).entrySet()) {
            together += size(vip.getKey().family(), vip.getValue());
            if (together > OF_A_GATEWAY) {
                return false;
            }
        }
        return true;
    }

    private interface Test {
        boolean fits(int count);
    }

    /** The largest of 0..most that fits; more never fit where fewer do not. */
    private static int longest(int most, Test test) {
        if (test.fits(most)) {
            return most;
        }
        int fits = 0;
        int doesNot = most;
        while (doesNot - fits > 1) {
            int middle = (fits + doesNot) / 2;
            if (test.fits(middle)) {
                fits = middle;
            } else {
                doesNot = middle;
            }
        }
        return fits;
    }
}
