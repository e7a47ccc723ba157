// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.l34gateway.cni.Attachment;
import org.l34gateway.cni.AttachmentKey;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.CniError;
import org.l34gateway.cni.Holdings;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.StoredRecord;
import org.l34gateway.cni.Undo;
import org.l34gateway.ip.IpPrefix;

/** One change of one attachment, under the sandbox's lock, with its namespace open. */
record VipChange(SandboxLock sandbox, AttachmentKey key, Loopback lo) {
    AttachmentRecord apply(Attachment who, Collection<IpPrefix> vips) {
        lo.requireFree(vips);
        StoredRecord before = sandbox.find(key);
        if (before.isOfAnother(VipAttachment.PLUGIN)) {
            throw new CniError(
                    CniError.INVALID_CONFIGURATION,
                    "attachment " + key + " is another plugin's: plugins of one chain need a dataDir each");
        }
        VipPlan plan = plan(vips, before);
        AttachmentRecord after =
                new AttachmentRecord(VipAttachment.PLUGIN, sandbox.records().bootId(), who, Holdings.ofVips(vips));

        List<IpPrefix> meanwhile = new ArrayList<>(vips);
        meanwhile.addAll(plan.remove());
        sandbox.write(after.withHoldings(Holdings.ofVips(meanwhile)));
        Undo undo = new Undo();
        try {
            applyTo(plan, undo);
            if (!plan.remove().isEmpty()) {
                sandbox.write(after);
            }
        } catch (RuntimeException refused) {
            if (undo.run()) {
                restore(before);
            }
            throw refused;
        }
        return after;
    }

    void removeAll(StoredRecord before) {
        applyTo(plan(List.of(), before), new Undo());
    }

    private VipPlan plan(Collection<IpPrefix> wanted, StoredRecord before) {
        Collection<IpPrefix> held = held(before);
        List<IpPrefix> concerned = new ArrayList<>(wanted);
        concerned.addAll(held);
        return VipPlan.decide(wanted, held, heldByOthers(), lo.present(concerned));
    }

    private void applyTo(VipPlan plan, Undo undo) {
        for (IpPrefix vip : plan.add()) {
            undo.step(() -> lo.add(vip), () -> lo.remove(vip));
        }
        for (IpPrefix vip : plan.remove()) {
            undo.step(() -> lo.remove(vip), () -> lo.add(vip));
        }
    }

    private void restore(StoredRecord before) {
        if (before instanceof StoredRecord.Found(AttachmentRecord record)) {
            sandbox.write(record);
        } else {
            sandbox.remove(key);
        }
    }

    /**
     * What this attachment held. When its record can not be read, that is everything with our protocol number that no
     * sibling holds, as long as all siblings can be read.
     */
    private Collection<IpPrefix> held(StoredRecord before) {
        return switch (before) {
            case StoredRecord.Found(AttachmentRecord record) -> record.holds().vips();
            case StoredRecord.Missing _, StoredRecord.Stale _ -> List.of();
            case StoredRecord.Unreadable _ -> sandbox.hasUnreadableSibling(key) ? List.of() : lo.ours();
        };
    }

    private Collection<IpPrefix> heldByOthers() {
        TreeSet<IpPrefix> held = new TreeSet<>();
        for (AttachmentRecord other : sandbox.others(key)) {
            held.addAll(other.holds().vips());
        }
        return held;
    }
}
