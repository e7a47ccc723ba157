// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.l34gateway.cni.Attachment;
import org.l34gateway.cni.AttachmentKey;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.CniError;
import org.l34gateway.cni.Holdings;
import org.l34gateway.cni.StoredRecord;
import org.l34gateway.cni.Undo;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Link;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.Rtnetlink;

/** One change of one attachment, under the sandbox's lock, with its namespace open. */
record VipChange(AttachmentRecords records, AttachmentKey key, Rtnetlink kernel) {
    AttachmentRecord apply(Attachment who, Collection<IpPrefix> vips) {
        int lo = loopback();
        StoredRecord before = records.find(key);
        List<Address> present = vipAddresses(lo);
        Collection<IpPrefix> held = held(before, present);
        VipPlan plan = VipPlan.decide(vips, held, heldByOthers(), prefixes(present));
        AttachmentRecord after =
                new AttachmentRecord(VipAttachment.PLUGIN, records.bootId(), who, Holdings.ofVips(vips));

        List<IpPrefix> meanwhile = new ArrayList<>(vips);
        meanwhile.addAll(plan.remove());
        records.write(after.withHoldings(Holdings.ofVips(meanwhile)));
        Undo undo = new Undo();
        try {
            applyTo(lo, plan, undo);
        } catch (RuntimeException refused) {
            if (undo.run()) {
                restore(before);
            }
            throw refused;
        }
        if (!plan.remove().isEmpty()) {
            records.write(after);
        }
        return after;
    }

    void removeAll() {
        int lo = loopback();
        List<Address> present = vipAddresses(lo);
        Collection<IpPrefix> held = held(records.find(key), present);
        applyTo(lo, VipPlan.decide(List.of(), held, heldByOthers(), prefixes(present)), new Undo());
    }

    private void applyTo(int lo, VipPlan plan, Undo undo) {
        for (IpPrefix vip : plan.add()) {
            Address address = Address.host(lo, vip.address());
            kernel.add(address);
            undo.add(() -> kernel.delete(address));
        }
        for (IpPrefix vip : plan.remove()) {
            Address address = Address.host(lo, vip.address());
            kernel.delete(address);
            undo.add(() -> kernel.add(address));
        }
    }

    private void restore(StoredRecord before) {
        if (before instanceof StoredRecord.Found(AttachmentRecord record)) {
            records.write(record);
        } else {
            records.remove(key);
        }
    }

    /**
     * What this attachment held. When its record can not be read, that is every address with our protocol number that no
     * sibling holds, as long as all siblings can be read.
     */
    private Collection<IpPrefix> held(StoredRecord before, List<Address> present) {
        return switch (before) {
            case StoredRecord.Found(AttachmentRecord record) -> record.holds().vips();
            case StoredRecord.Missing _, StoredRecord.Stale _ -> List.of();
            case StoredRecord.Unreadable _ -> {
                List<IpPrefix> ours = new ArrayList<>();
                for (Address address : present) {
                    if (address.protocol() == RouteProtocol.L34 && !records.hasUnreadableSibling(key)) {
                        ours.add(address.prefix());
                    }
                }
                yield ours;
            }
        };
    }

    private Collection<IpPrefix> heldByOthers() {
        TreeSet<IpPrefix> held = new TreeSet<>();
        for (AttachmentRecord other : records.others(key)) {
            held.addAll(other.holds().vips());
        }
        return held;
    }

    private List<Address> vipAddresses(int lo) {
        List<Address> found = new ArrayList<>();
        for (Address address : kernel.addresses()) {
            if (address.ifindex() == lo && address.prefix().isHost()) {
                found.add(address);
            }
        }
        return found;
    }

    private static List<IpPrefix> prefixes(List<Address> addresses) {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (Address address : addresses) {
            prefixes.add(address.prefix());
        }
        return prefixes;
    }

    private int loopback() {
        Link lo = kernel.link("lo");
        if (lo == null) {
            throw new CniError(CniError.INVALID_NETNS, "the namespace has no interface lo");
        }
        return lo.index();
    }
}
