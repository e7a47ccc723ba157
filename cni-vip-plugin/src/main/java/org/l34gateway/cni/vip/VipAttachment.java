// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.Attachment;
import org.l34gateway.cni.AttachmentKey;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.CniError;
import org.l34gateway.cni.Sandbox;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.StoredRecord;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Rtnetlink;

/**
 * The VIPs of one Gateway on {@code lo} of a pod. The plugin and node-agent both come here; each call takes the sandbox's
 * lock, and may be repeated.
 */
public final class VipAttachment {
    /** Name of the plugin's executable, and of the owner in records. */
    public static final String PLUGIN = "loopback-vip";

    /** This network, loopback, multicast and reserved (RFC 6890, RFC 4291 §2.4). */
    private static final List<IpPrefix> NO_VIPS = List.of(
            IpPrefix.parse("0.0.0.0/8"),
            IpPrefix.parse("127.0.0.0/8"),
            IpPrefix.parse("224.0.0.0/3"),
            IpPrefix.parse("::/127"),
            IpPrefix.parse("ff00::/8"));

    private VipAttachment() {}

    /**
     * Makes the attachment hold exactly these VIPs: first adds, then removes. A VIP that another attachment of the sandbox
     * holds too stays. When the kernel refuses a step, what was done is taken back.
     *
     * @param vips single addresses (/32, /128) and prefixes
     * @return the record as it is written now
     * @throws CniError for what is no VIP, for a prefix that overlaps with the pod's networks, for a namespace that is not there,
     *     for a sandbox that is busy too long
     */
    public static AttachmentRecord apply(AttachmentRecords records, Attachment who, Collection<IpPrefix> vips) {
        try (SandboxLock sandbox = records.lock(who.key().containerId());
                Namespace netns = Sandbox.open(records, who.netns())) {
            return apply(sandbox, netns, who, vips);
        }
    }

    /** The same for who has the lock already, and the namespace open. */
    public static AttachmentRecord apply(
            SandboxLock sandbox, Namespace netns, Attachment who, Collection<IpPrefix> vips) {
        vips.forEach(VipAttachment::requireVip);
        return new VipChange(sandbox, who.key(), new Loopback(new Rtnetlink(netns.netlink()))).apply(who, vips);
    }

    /**
     * Removes the attachment: its VIPs, unless another attachment of the sandbox holds them, and its record.
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
            new VipChange(sandbox, key, new Loopback(new Rtnetlink(there.netlink()))).removeAll(before);
        }
        sandbox.remove(key);
    }

    /**
     * The VIPs that the record has and the kernel has not.
     *
     * @throws CniError {@link CniError#UNKNOWN_CONTAINER} without record
     */
    public static List<IpPrefix> missing(AttachmentRecords records, AttachmentKey key, String netns) {
        try (SandboxLock sandbox = records.lock(key.containerId());
                Namespace there = Sandbox.open(records, netns)) {
            if (!(sandbox.find(key) instanceof StoredRecord.Found(AttachmentRecord record))) {
                throw new CniError(CniError.UNKNOWN_CONTAINER, "no attachment " + key);
            }
            List<IpPrefix> missing = new ArrayList<>(record.holds().vips());
            missing.removeAll(new Loopback(new Rtnetlink(there.netlink())).present(missing));
            return missing;
        }
    }

    private static void requireVip(IpPrefix vip) {
        for (IpPrefix range : NO_VIPS) {
            if (range.contains(vip) || vip.contains(range)) {
                throw new CniError(
                        CniError.INVALID_CONFIGURATION,
                        "vip " + vip + " can not be " + (vip.isHost() ? "the address" : "addresses") + " of a service");
            }
        }
    }
}
