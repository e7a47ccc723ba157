// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/**
 * Why a pod does not hold all that it should.
 *
 * @param reason CamelCase, for conditions and reports
 * @param message one sentence for a person
 */
public record Trouble(String reason, String message) {
    /** An older Gateway has the same VIP in this pod. */
    public static final String CONFLICTED = "Conflicted";
    /** No network namespace of the pod can be found. */
    public static final String NAMESPACE_NOT_FOUND = "NamespaceNotFound";
    /** The kernel did not take a change, or could not be read. */
    public static final String KERNEL_REFUSED = "KernelRefused";
    /** A next hop is on no link of the pod: the pod is not on the Gateway's network, or not in that family. */
    public static final String NEXT_HOP_NOT_ON_LINK = "NextHopNotOnLink";
    /** A VIP is a prefix in which neighbours of the pod are, or the pod itself. */
    public static final String VIP_OVERLAPS_NETWORK = "VipOverlapsNetwork";
    /** The kernel took everything and still does not show it. */
    public static final String INCOMPLETE = "Incomplete";

    /** One for each Gateway that an older one keeps out of the pod. */
    public static List<Trouble> conflicts(List<Attachment> attachments) {
        return attachments.stream()
                .filter(Attachment.Conflicted.class::isInstance)
                .map(Attachment.Conflicted.class::cast)
                .map(conflict -> new Trouble(
                        CONFLICTED,
                        "Gateway " + conflict.gateway().name() + " is not attached: "
                                + conflict.vips().stream().map(Object::toString).collect(Collectors.joining(", "))
                                + " belongs to the older Gateway "
                                + conflict.older().name()))
                .toList();
    }

    /**
     * One for each VIP that the pod can not hold without losing a network.
     *
     * @param overlaps whether a VIP and a network to which the sandbox is connected have addresses in common
     */
    public static List<Trouble> overlaps(List<Attachment> attachments, Predicate<IpPrefix> overlaps) {
        List<Trouble> troubles = new ArrayList<>();
        for (Attachment attachment : attachments) {
            if (attachment instanceof Attachment.Wanted wanted) {
                wanted.vips().stream()
                        .filter(overlaps)
                        .forEach(vip -> troubles.add(new Trouble(
                                VIP_OVERLAPS_NETWORK,
                                "VIP " + vip + " of Gateway " + wanted.gateway().name()
                                        + " overlaps with a network to which the pod is connected")));
            }
        }
        return troubles;
    }

    /**
     * One for each next hop that the pod's answers need and cannot go to. Never a reason to be unready: next hops are not
     * waited for.
     *
     * @param reachable whether an address is on a link of the sandbox
     */
    public static List<Trouble> nextHopsNotOnLink(List<Attachment> attachments, Predicate<IpAddress> reachable) {
        List<Trouble> troubles = new ArrayList<>();
        for (Attachment attachment : attachments) {
            if (attachment instanceof Attachment.Wanted wanted) {
                Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
                wanted.vips().forEach(vip -> families.add(vip.family()));
                wanted.nextHops().stream()
                        .filter(hop -> families.contains(hop.family()))
                        .filter(reachable.negate())
                        .forEach(hop -> troubles.add(new Trouble(
                                NEXT_HOP_NOT_ON_LINK,
                                "no interface of the pod is on the link of " + hop + ", a next hop of Gateway "
                                        + wanted.gateway().name())));
            }
        }
        return troubles;
    }
}
