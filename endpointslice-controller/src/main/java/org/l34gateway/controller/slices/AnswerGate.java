// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * The order of a new VIP: targets get packets for it only after every next hop carries their answers (design, decision
 * 4). A next hop that does not within {@link #PATIENCE} stops counting, so that one broken gateway pod cannot keep a VIP
 * down. A value; times are nanoseconds of one monotonic clock.
 *
 * @param since since when somebody is waited for
 * @param hopsSince since when the Gateway has next hops in a family
 */
record AnswerGate(Map<Missing, Long> since, Map<IpFamily, Long> hopsSince) {
    static final Duration PATIENCE = Duration.ofSeconds(5);

    static final AnswerGate NEW = new AnswerGate(Map.of(), Map.of());

    AnswerGate {
        since = Map.copyOf(since);
        hopsSince = Map.copyOf(hopsSince);
    }

    /** A gateway pod that does not carry answers of a VIP. */
    record Missing(String podUid, String podName, IpPrefix vip) {}

    /**
     * What follows.
     *
     * @param next the gate for the next look
     * @param answered VIPs that targets may get packets for
     * @param nextHops families in which the Gateway has had a next hop for so long that all its targets must have noticed:
     *     when the last one comes back, the nodes say so one after the other
     * @param laggards those that stopped counting
     * @param patience until somebody stops counting; zero when nobody is waited for
     */
    record Look(
            AnswerGate next,
            SortedSet<IpPrefix> answered,
            Set<IpFamily> nextHops,
            List<Missing> laggards,
            Duration patience) {}

    Look look(SortedSet<IpPrefix> vips, List<GatewayPod> pods, long now) {
        Map<Missing, Long> waiting = new HashMap<>();
        SortedSet<IpPrefix> answered = new TreeSet<>();
        Set<IpFamily> nextHops = EnumSet.noneOf(IpFamily.class);
        List<Missing> laggards = new ArrayList<>();
        long longest = PATIENCE.toNanos();
        SortedSet<Long> waits = new TreeSet<>();
        Map<IpFamily, Long> present = new EnumMap<>(IpFamily.class);
        for (GatewayPod pod : pods) {
            pod.nextHopFamilies().forEach(family -> present.put(family, hopsSince.getOrDefault(family, now)));
        }
        for (Map.Entry<IpFamily, Long> each : present.entrySet()) {
            long left = longest - (now - each.getValue());
            if (left <= 0) {
                nextHops.add(each.getKey());
            } else {
                waits.add(left);
            }
        }
        for (IpPrefix vip : vips) {
            boolean blocked = false;
            boolean anybody = false;
            for (GatewayPod pod : pods) {
                if (!pod.nextHopFamilies().contains(vip.family())) {
                    continue;
                }
                if (pod.answers().contains(vip)) {
                    anybody = true;
                    continue;
                }
                Missing missing = new Missing(pod.uid(), pod.name(), vip);
                long from = since.getOrDefault(missing, now);
                waiting.put(missing, from);
                if (now - from >= longest) {
                    laggards.add(missing);
                } else {
                    blocked = true;
                    waits.add(longest - (now - from));
                }
            }
            if (anybody && !blocked) {
                answered.add(vip);
            }
        }
        return new Look(
                new AnswerGate(waiting, present),
                Collections.unmodifiableSortedSet(answered),
                Collections.unmodifiableSet(nextHops),
                List.copyOf(laggards),
                Duration.ofNanos(waits.isEmpty() ? 0 : waits.getFirst()));
    }
}
