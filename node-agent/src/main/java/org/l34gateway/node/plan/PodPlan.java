// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.l34gateway.api.Report;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/**
 * What one pod's sandbox must hold now, by Gateway. Nothing is said about Gateways that neither want anything of the pod
 * nor have anything in it.
 *
 * <p>VIPs go last (design, decision 3): one that nobody wants any more stays until no gateway sends to it. A pod that
 * leaves keeps everything until the plugins' DEL and gets nothing new; only its next hops still follow the Gateway.
 */
public record PodPlan(SortedMap<AttachmentKey, Target> targets) {
    /** Of a pod about which nothing was decided yet. */
    public static final PodPlan NONE = new PodPlan(new TreeMap<>());

    public PodPlan {
        targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
    }

    /** VIPs that the pod holds and no Gateway wants it to; a pod that leaves has none. */
    public static Set<Claim> unwanted(PodFacts pod, List<Attachment> attachments, Map<AttachmentKey, Held> held) {
        Set<Claim> unwanted = new HashSet<>();
        if (pod.leaving()) {
            return unwanted;
        }
        Map<AttachmentKey, Attachment.Wanted> wanted = wanted(attachments);
        held.forEach((key, has) -> {
            for (IpPrefix vip : has.touched()) {
                if (!wanted.containsKey(key) || !wanted.get(key).vips().contains(vip)) {
                    unwanted.add(new Claim(pod.uid(), key, vip));
                }
            }
        });
        return unwanted;
    }

    /**
     * Decides for one pod.
     *
     * @param attachments of the pod, see {@code PodAttachments.of}
     * @param held what its sandbox holds
     * @param mayGo whether an unwanted VIP may be taken away now
     * @param silentHops addresses of a Gateway's pods that run without a report; they stay next hops if they are
     */
    public static PodPlan decide(
            PodFacts pod,
            List<Attachment> attachments,
            Map<AttachmentKey, Held> held,
            Predicate<Claim> mayGo,
            Function<Report.ObjectRef, Set<IpAddress>> silentHops) {
        Map<AttachmentKey, Attachment.Wanted> wanted = wanted(attachments);
        SortedMap<AttachmentKey, Target> targets = new TreeMap<>();
        wanted.forEach((key, attachment) -> {
            if (!pod.leaving() || held.containsKey(key)) {
                Held has = held.getOrDefault(key, Held.NOTHING);
                SortedSet<IpAddress> hops = new TreeSet<>(has.nextHops());
                hops.retainAll(silentHops.apply(attachment.gateway()));
                hops.addAll(attachment.nextHops());
                SortedSet<IpPrefix> vips =
                        pod.leaving() ? has.touched() : staying(pod, key, has, wanted.values(), mayGo);
                if (!pod.leaving()) {
                    vips.addAll(attachment.vips());
                }
                targets.put(key, new Target(attachment.gateway().name(), vips, hops));
            }
        });
        held.forEach((key, has) -> {
            if (!wanted.containsKey(key) && !has.isEmpty()) {
                SortedSet<IpPrefix> vips =
                        pod.leaving() ? has.touched() : staying(pod, key, has, wanted.values(), mayGo);
                boolean keepsHops = pod.leaving() || !vips.isEmpty();
                targets.put(key, new Target(has.gatewayName(), vips, keepsHops ? has.nextHops() : new TreeSet<>()));
            }
        });
        return new PodPlan(targets);
    }

    /**
     * This plan without next hops that do not answer now; they stay in this one. See {@link Target#without}.
     *
     * @param reachable whether an address is on a link of the sandbox
     */
    public PodPlan without(Set<IpAddress> dead, Predicate<IpAddress> reachable) {
        SortedMap<AttachmentKey, Target> live = new TreeMap<>();
        targets.forEach((key, target) -> live.put(key, target.without(dead, reachable)));
        return new PodPlan(live);
    }

    /** This plan without VIPs that the sandbox can not hold. */
    public PodPlan withoutVips(Predicate<IpPrefix> those) {
        SortedMap<AttachmentKey, Target> possible = new TreeMap<>();
        targets.forEach((key, target) -> possible.put(key, target.withoutVips(those)));
        return new PodPlan(possible);
    }

    /**
     * What a sandbox holds, as if it held all next hops of this plan: one that was left out because it did not answer is
     * still a next hop for the plan after this one, also when its report is missing by then.
     */
    public Map<AttachmentKey, Held> withNextHops(Map<AttachmentKey, Held> held) {
        Map<AttachmentKey, Held> all = new HashMap<>();
        held.forEach((key, has) -> {
            Target target = targets.get(key);
            all.put(key, target == null ? has : has.withNextHops(target.nextHops()));
        });
        return all;
    }

    /** The next hops of all Gateways. */
    public SortedSet<IpAddress> nextHops() {
        SortedSet<IpAddress> hops = new TreeSet<>();
        targets.values().forEach(target -> hops.addAll(target.nextHops()));
        return hops;
    }

    /**
     * Whether the sandbox holds exactly what this plan asks for, so that there is nothing to do. A Gateway that wants
     * nothing yet still gets its records: by them the sandbox is found again.
     *
     * @param reachable whether an address is on a link of the sandbox; other next hops can not be held
     */
    public boolean isHeld(Map<AttachmentKey, Held> held, Predicate<IpAddress> reachable) {
        return targets.entrySet().stream().allMatch(entry -> {
            Held has = held.get(entry.getKey());
            return has != null && entry.getValue().isHeldBy(has, reachable);
        });
    }

    /** What is held for the Gateway and may not go yet. A VIP that another Gateway takes over moves at once. */
    private static SortedSet<IpPrefix> staying(
            PodFacts pod, AttachmentKey key, Held has, Iterable<Attachment.Wanted> allWanted, Predicate<Claim> mayGo) {
        SortedSet<IpPrefix> staying = has.touched();
        for (Attachment.Wanted other : allWanted) {
            staying.removeAll(other.vips());
        }
        staying.removeIf(vip -> mayGo.test(new Claim(pod.uid(), key, vip)));
        return staying;
    }

    private static Map<AttachmentKey, Attachment.Wanted> wanted(List<Attachment> attachments) {
        Map<AttachmentKey, Attachment.Wanted> wanted = new HashMap<>();
        for (Attachment attachment : attachments) {
            if (attachment instanceof Attachment.Wanted one) {
                wanted.put(AttachmentKey.of(one.gateway()), one);
            }
        }
        return wanted;
    }
}
