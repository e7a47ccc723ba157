// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
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
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Rtnetlink;

/**
 * The VIPs of one Gateway on {@code lo} of a pod. The plugin and node-agent both come here; each call takes the sandbox's
 * lock, and may be repeated.
 */
public final class VipAttachment {
    /** Name of the plugin's executable, and of the owner in records. */
    public static final String PLUGIN = "loopback-vip";

    private VipAttachment() {}

    /**
     * Makes the attachment hold exactly these VIPs: first adds, then removes. A VIP that another attachment of the sandbox
     * holds too stays. When the kernel refuses a step, what was done is taken back.
     *
     * @param vips host prefixes (/32, /128)
     * @return the record as it is written now
     * @throws CniError for what is no VIP, for a namespace that is not there, for a sandbox that is busy too long
     */
    public static AttachmentRecord apply(AttachmentRecords records, Attachment who, Collection<IpPrefix> vips) {
        vips.forEach(VipAttachment::requireVip);
        try (SandboxLock _ = records.lock(who.key().containerId());
                Namespace netns = Sandbox.open(records, who.netns())) {
            return new VipChange(records, who.key(), new Rtnetlink(netns.netlink())).apply(who, vips);
        }
    }

    /**
     * Removes the attachment: its VIPs, unless another attachment of the sandbox holds them, and its record.
     *
     * @param netns path from the runtime, empty to take the record's
     */
    public static void remove(AttachmentRecords records, AttachmentKey key, String netns) {
        try (SandboxLock _ = records.lock(key.containerId())) {
            String recorded = records.find(key) instanceof StoredRecord.Found(AttachmentRecord record)
                    ? record.who().netns()
                    : "";
            try (@Nullable Namespace there = Sandbox.openIfThere(records, netns, recorded)) {
                // Without a record nothing was ever started: it is written first.
                if (there != null && !(records.find(key) instanceof StoredRecord.Missing)) {
                    new VipChange(records, key, new Rtnetlink(there.netlink())).removeAll();
                }
            }
            records.remove(key);
        }
    }

    /**
     * The VIPs that the record has and the kernel has not.
     *
     * @throws CniError {@link CniError#UNKNOWN_CONTAINER} without record
     */
    public static List<IpPrefix> missing(AttachmentRecords records, AttachmentKey key, String netns) {
        try (SandboxLock _ = records.lock(key.containerId());
                Namespace there = Sandbox.open(records, netns)) {
            if (!(records.find(key) instanceof StoredRecord.Found(AttachmentRecord record))) {
                throw new CniError(CniError.UNKNOWN_CONTAINER, "no attachment " + key);
            }
            TreeSet<IpPrefix> missing = new TreeSet<>(record.holds().vips());
            for (Address address : new Rtnetlink(there.netlink()).addresses()) {
                missing.remove(address.prefix());
            }
            return new ArrayList<>(missing);
        }
    }

    private static void requireVip(IpPrefix prefix) {
        if (!prefix.isHost()) {
            throw new CniError(
                    CniError.INVALID_CONFIGURATION,
                    "vip " + prefix + " is not a single address",
                    "give /32 or /128; VIP prefixes are not supported yet");
        }
        int first = prefix.address().toBytes()[0] & 0xFF;
        boolean ipv4 = prefix.length() == 32;
        boolean reserved = ipv4
                ? first == 0 || first == 127 || first >= 224
                : first == 0xFF || IpPrefix.parse("::/127").contains(prefix);
        if (reserved) {
            throw new CniError(
                    CniError.INVALID_CONFIGURATION, "vip " + prefix + " can not be the address of a service");
        }
    }
}
