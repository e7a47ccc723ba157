// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.Attachment;
import org.l34gateway.cni.AttachmentKey;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.CniError;
import org.l34gateway.cni.Holdings;
import org.l34gateway.cni.Sandbox;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.StoredRecord;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.Rtnetlink;

/**
 * Source-based routing of one Gateway in a pod: {@code from VIP lookup TABLE}, and in the table a default route over the
 * next hops with {@code unreachable} behind it. The plugin and node-agent both come here; each call takes the sandbox's
 * lock, and may be repeated.
 */
public final class RouteAttachment {
    /** Name of the plugin's executable, and of the owner in records. */
    public static final String PLUGIN = "policy-route";

    private RouteAttachment() {}

    /**
     * Makes the attachment hold exactly this. Next hops that are on no link of the pod are left out and reported; their
     * traffic is refused by {@code unreachable} until a later call finds them. Only families that this attachment has or
     * had are touched. When the kernel refuses a step, what was done is taken back.
     *
     * @throws CniError for a table that another attachment of the sandbox uses for the same family, for a namespace that
     *     is not there, for a sandbox that is busy too long
     */
    public static RouteOutcome apply(AttachmentRecords records, Attachment who, RouteWanted wanted) {
        try (SandboxLock sandbox = records.lock(who.key().containerId());
                Namespace netns = Sandbox.open(records, who.netns())) {
            return apply(sandbox, netns, who, wanted);
        }
    }

    /** The same for who has the lock already, and the namespace open. */
    public static RouteOutcome apply(SandboxLock sandbox, Namespace netns, Attachment who, RouteWanted wanted) {
        return new RouteChange(sandbox, who.key(), netns, new Rtnetlink(netns.netlink())).apply(who, wanted);
    }

    /**
     * Removes the attachment: its rules, its routes, its record, and sysctls that no other one needs.
     *
     * @param netns path from the runtime, empty to take the record's
     */
    public static void remove(AttachmentRecords records, AttachmentKey key, String netns) {
        try (SandboxLock sandbox = records.lock(key.containerId());
                @Nullable Namespace there = Sandbox.openIfThere(sandbox, key, netns)) {
            remove(sandbox, there, key);
        }
    }

    /**
     * The same for who has the lock already, and the namespace open.
     *
     * @param there null when the namespace is gone
     */
    public static void remove(SandboxLock sandbox, @Nullable Namespace there, AttachmentKey key) {
        StoredRecord before = sandbox.find(key);
        if (before.isOfAnother(PLUGIN)) {
            return;
        }
        // Without a record nothing was ever started: it is written first.
        if (there != null && !(before instanceof StoredRecord.Missing)) {
            new RouteChange(sandbox, key, there, new Rtnetlink(there.netlink())).removeAll(before);
        }
        sandbox.remove(key);
    }

    /**
     * What would have to be changed for the kernel to hold what the record says; empty when it does.
     *
     * @throws CniError {@link CniError#UNKNOWN_CONTAINER} without record
     */
    public static String difference(AttachmentRecords records, AttachmentKey key, String netns) {
        try (SandboxLock sandbox = records.lock(key.containerId());
                Namespace there = Sandbox.open(records, netns)) {
            if (!(sandbox.find(key) instanceof StoredRecord.Found(AttachmentRecord record))) {
                throw new CniError(CniError.UNKNOWN_CONTAINER, "no attachment " + key);
            }
            RouteWanted held = RouteWanted.of(record.holds());
            PodRouting present = PodRouting.read(new Rtnetlink(there.netlink()), EnumSet.allOf(IpFamily.class));
            RoutePlan plan = RoutePlan.decide(held, Set.of(), held.families(), present);
            return plan.isEmpty() && plan.notOnLink().isEmpty() ? "" : plan.toString();
        }
    }

    /**
     * What others did to what an attachment holds, besides taking it away: routes of theirs in its table, which must be one
     * that we chose, and kernel parameters with another value. {@link #apply} undoes that.
     *
     * @param holds what the attachment's record tells
     * @param routes all of the namespace
     * @return one phrase each
     */
    public static List<String> foreignEdits(Holdings holds, List<Route> routes, Namespace netns) {
        List<String> edits = new ArrayList<>();
        for (Route route :
                RoutePlan.strangers(holds.table(), RouteWanted.of(holds).families(), routes)) {
            edits.add("foreign " + route);
        }
        PodSysctls.changed(netns, holds.sysctls()).forEach((name, value) -> edits.add(name + " = " + value));
        return edits;
    }
}
