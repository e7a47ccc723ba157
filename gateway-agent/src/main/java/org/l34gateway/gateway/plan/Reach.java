// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

/**
 * Which targets this pod reaches, what it makes of that, and of what the other gateway pods say (design, decision 8). Each
 * family is judged by itself: one may fail alone. Only what a report says is evidence; that a report is missing or old
 * is none, and neither is one from before a failure. So whoever sees that another pod misses most targets writes its own
 * report anew, see {@link #pleas()}.
 *
 * @param families how this pod stands in each family
 * @param unreachable targets that do not answer this pod, address → UID of its pod: what it reports
 * @param heard the version of each other pod's report, by UID, and when it came
 * @param doubting of each other pod, by UID, that misses most targets of a family: which
 * @param pleas grows whenever another pod begins to miss most targets
 */
public record Reach(
        Map<IpFamily, FamilyReach> families,
        SortedMap<IpAddress, String> unreachable,
        Map<String, Heard> heard,
        Map<String, SortedSet<IpAddress>> doubting,
        long pleas) {
    /** Nothing is known yet: every target counts as reached. */
    public static final Reach START = new Reach(Map.of(), new TreeMap<>(), Map.of(), Map.of(), 0);

    /**
     * A report that came.
     *
     * @param version of the report
     * @param at in nanoseconds of a monotonic clock
     */
    public record Heard(String version, long at) {}

    public Reach {
        families = Map.copyOf(families);
        unreachable = Collections.unmodifiableSortedMap(new TreeMap<>(unreachable));
        heard = Map.copyOf(heard);
        doubting = Map.copyOf(doubting);
    }

    /**
     * The next state.
     *
     * @param targets address → UID of its pod, of all targets that are wanted and can be probed, masked or not
     * @param draining addresses of targets that end soon. One that is silent is left out and is no evidence of anything:
     *     no failure to report, no doubt about this pod. When all of a family drain they are like others
     * @param dead addresses that do not answer this pod's probes → since when
     * @param peers the other gateway pods
     * @param now in nanoseconds of the same monotonic clock
     */
    public Reach next(
            Map<IpAddress, String> targets,
            Set<IpAddress> draining,
            Map<IpAddress, Long> dead,
            List<Peer> peers,
            long now) {
        Map<String, Heard> hearing = new HashMap<>();
        Map<String, Long> heardAt = new HashMap<>();
        for (Peer peer : peers) {
            Heard before = heard.get(peer.podUid());
            Heard latest =
                    before != null && before.version().equals(peer.version()) ? before : new Heard(peer.version(), now);
            hearing.put(peer.podUid(), latest);
            heardAt.put(peer.podUid(), latest.at());
        }
        List<Peer> inService = peers.stream().filter(peer -> !peer.isolated()).toList();
        Map<IpFamily, FamilyReach> next = new EnumMap<>(IpFamily.class);
        Map<String, SortedSet<IpAddress>> asking = new HashMap<>();
        SortedMap<IpAddress, String> missed = new TreeMap<>();
        for (IpFamily family : IpFamily.values()) {
            Map<IpAddress, String> ofFamily = new TreeMap<>(targets);
            ofFamily.keySet().removeIf(address -> address.family() != family);
            if (ofFamily.isEmpty()) {
                continue;
            }
            SortedSet<IpAddress> ended = new TreeSet<>();
            if (!draining.containsAll(ofFamily.keySet())) {
                ended.addAll(draining);
                ended.retainAll(ofFamily.keySet());
                ended.retainAll(dead.keySet());
                ofFamily.keySet().removeAll(draining);
            }
            Map<IpAddress, Long> deadOfFamily = new TreeMap<>(dead);
            deadOfFamily.keySet().retainAll(ofFamily.keySet());
            deadOfFamily.keySet().forEach(address -> missed.put(address, ofFamily.getOrDefault(address, "")));
            var look = new FamilyReach.Look(ofFamily, deadOfFamily, ended, inService, heardAt);
            next.put(family, families.getOrDefault(family, FamilyReach.START).next(look, now));
            for (Peer peer : inService) {
                SortedSet<IpAddress> missing = peer.missed(ofFamily);
                if (missing.size() * 2 > ofFamily.size()) {
                    asking.computeIfAbsent(peer.podUid(), _ -> new TreeSet<>()).addAll(missing);
                }
            }
        }
        return new Reach(next, missed, hearing, asking, pleas + (asksForMore(asking) ? 1 : 0));
    }

    private boolean asksForMore(Map<String, SortedSet<IpAddress>> asking) {
        return asking.entrySet().stream()
                .anyMatch(each -> !doubting.getOrDefault(each.getKey(), Collections.emptySortedSet())
                        .containsAll(each.getValue()));
    }

    /** Addresses of targets that get no packets from here. */
    public SortedSet<IpAddress> masked() {
        SortedSet<IpAddress> masked = new TreeSet<>();
        families.values().forEach(family -> masked.addAll(family.masked()));
        return masked;
    }

    /** Families in which other pods reach the targets and this one does not: it announces no VIP of them. */
    public Set<IpFamily> isolatedFamilies() {
        Set<IpFamily> isolated = EnumSet.noneOf(IpFamily.class);
        families.forEach((family, reach) -> {
            if (reach.isolated()) {
                isolated.add(family);
            }
        });
        return isolated;
    }

    /** Whether that is so in all families of the targets: the pod is out of service. */
    public boolean isolated() {
        return !families.isEmpty() && families.values().stream().allMatch(FamilyReach::isolated);
    }

    /** When to decide again though nothing happens, {@code most} at the latest. */
    public Duration patience(Duration most) {
        return families.values().stream()
                .filter(family -> family.waitNanos() > 0)
                .map(family -> Duration.ofNanos(family.waitNanos()))
                .filter(wait -> wait.compareTo(most) < 0)
                .min(Duration::compareTo)
                .orElse(most);
    }

    /** One line for the log; equal while nothing changes, empty while all is well. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (IpFamily family : IpFamily.values()) {
            FamilyReach reach = families.getOrDefault(family, FamilyReach.START);
            if (reach.standing() != FamilyReach.Standing.SETTLED) {
                text.append(family).append('=').append(reach.standing()).append(' ');
            }
        }
        if (text.isEmpty() && unreachable.isEmpty() && masked().isEmpty()) {
            return "";
        }
        return text + "unreachable=[" + FamilyReach.text(unreachable.keySet()) + "] masked=["
                + FamilyReach.text(masked()) + "]";
    }
}
