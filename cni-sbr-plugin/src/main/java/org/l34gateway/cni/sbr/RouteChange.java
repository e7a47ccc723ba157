// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.Attachment;
import org.l34gateway.cni.AttachmentKey;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.CniError;
import org.l34gateway.cni.Holdings;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.StoredRecord;
import org.l34gateway.cni.Undo;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;

/** One change of one attachment, under the sandbox's lock, with its namespace open. */
record RouteChange(SandboxLock sandbox, AttachmentKey key, Namespace netns, Rtnetlink kernel) {
    /** Tables from here on are ours to choose. */
    static final int FIRST_TABLE = 5000;
    /** Tables from here on are the targets' in gateway pods. */
    private static final int END_OF_TABLES = 0x10000;

    RouteOutcome apply(Attachment who, RouteWanted asked) {
        StoredRecord before = sandbox.find(key);
        if (before.isOfAnother(RouteAttachment.PLUGIN)) {
            throw new CniError(
                    CniError.INVALID_CONFIGURATION,
                    "attachment " + key + " is another plugin's: plugins of one chain need a dataDir each");
        }
        PodRouting present = PodRouting.read(kernel, EnumSet.allOf(IpFamily.class));
        List<AttachmentRecord> others = sandbox.others(key);
        Holdings held = before instanceof StoredRecord.Found(AttachmentRecord record) ? record.holds() : Holdings.NONE;
        RouteWanted wanted = new RouteWanted(
                asked.sources(), asked.nextHops(), table(asked, held, others, present), asked.sysctls());
        Set<IpFamily> families = families(before, held, wanted);
        requireFree(wanted, others);
        RoutePlan plan = RoutePlan.decide(wanted, formerTables(before, held, others, present), families, present);
        if (asked.table() == 0) {
            plan = plan.dropping(RoutePlan.strangers(wanted.table(), families, present.routes()));
        }

        SortedMap<String, String> known = sysctlsBefore(others);
        known.putAll(held.sysctlsBefore());
        PodSysctls parameters = PodSysctls.read(netns, wanted);
        SortedMap<String, String> sysctls = parameters.decide(wanted, known);
        SortedMap<String, String> sysctlsBefore = parameters.before(sysctls.keySet(), known);
        sysctlsBefore.putAll(held.sysctlsBefore());

        AttachmentRecord meanwhile = new AttachmentRecord(
                RouteAttachment.PLUGIN, sandbox.records().bootId(), who, both(held, wanted, sysctls, sysctlsBefore));
        sandbox.write(meanwhile);
        Undo undo = new Undo();
        try {
            parameters.set(sysctls, undo);
            applyTo(plan, present, undo);
            List<IpAddress> nextHops = new ArrayList<>(wanted.nextHops());
            nextHops.removeAll(plan.notOnLink());
            AttachmentRecord after = meanwhile.withHoldings(new Holdings(
                    List.of(), wanted.table(), List.of(), wanted.sources(), nextHops, sysctls, sysctlsBefore));
            if (!after.equals(meanwhile)) {
                sandbox.write(after);
            }
            return new RouteOutcome(after, plan.notOnLink());
        } catch (RuntimeException refused) {
            if (undo.run()) {
                restore(before);
            }
            throw refused;
        }
    }

    void removeAll(StoredRecord before) {
        Holdings held = before instanceof StoredRecord.Found(AttachmentRecord record) ? record.holds() : Holdings.NONE;
        Set<IpFamily> families = families(before, held, RouteWanted.NOTHING);
        PodRouting present = PodRouting.read(kernel, families);
        List<AttachmentRecord> others = sandbox.others(key);
        Set<Integer> tables = formerTables(before, held, others, present);
        RoutePlan plan = RoutePlan.decide(RouteWanted.NOTHING, tables, families, present);
        applyTo(plan, present, new Undo());
        if (!sandbox.hasUnreadableSibling(key)) {
            PodSysctls.putBack(
                    netns, held.sysctlsBefore(), sysctlsBefore(others).keySet());
        }
    }

    private void applyTo(RoutePlan plan, PodRouting present, Undo undo) {
        for (NextHop hop : plan.forget()) {
            forget(hop);
        }
        for (Route route : plan.put()) {
            undo.step(() -> kernel.replace(route), () -> putBack(route, present));
        }
        for (Rule rule : plan.addRules()) {
            undo.step(() -> kernel.add(rule), () -> kernel.delete(rule));
        }
        for (Rule rule : plan.dropRules()) {
            undo.step(() -> kernel.delete(rule), () -> kernel.add(rule));
        }
        for (Route route : plan.dropRoutes()) {
            undo.step(() -> kernel.delete(route), () -> kernel.replace(route));
        }
    }

    /** Asks for one neighbour: a list of all has those of every namespace behind it, because the kernel keeps one table. */
    private void forget(NextHop hop) {
        @Nullable IpAddress gateway = hop.gateway();
        Neighbour known = gateway == null ? null : kernel.neighbour(hop.ifindex(), gateway);
        if (known != null && (known.state() & (Neighbour.STATE_PERMANENT | Neighbour.STATE_NOARP)) == 0) {
            kernel.delete(known);
        }
    }

    private void putBack(Route made, PodRouting before) {
        for (Route route : before.routes()) {
            if (route.table() == made.table()
                    && route.metric() == made.metric()
                    && route.destination().equals(made.destination())) {
                kernel.replace(route);
                return;
            }
        }
        kernel.delete(made);
    }

    /** The asked table, else the one that the record has, else the smallest that nobody uses; 0 while nothing needs one. */
    private static int table(RouteWanted asked, Holdings held, List<AttachmentRecord> others, PodRouting present) {
        if (asked.table() != 0 || held.table() != 0 || asked.isEmpty()) {
            return asked.table() != 0 ? asked.table() : held.table();
        }
        Set<Integer> taken = tables(others);
        int table = FIRST_TABLE;
        while (taken.contains(table) || present.uses(table)) {
            table++;
        }
        return table;
    }

    /** Two attachments may share a table (the reference's do, one for each family), but not a family in it. */
    private static void requireFree(RouteWanted wanted, List<AttachmentRecord> others) {
        for (AttachmentRecord other : others) {
            Set<IpFamily> shared = RouteWanted.of(other.holds()).families();
            shared.retainAll(wanted.families());
            if (wanted.table() != 0 && other.holds().table() == wanted.table() && !shared.isEmpty()) {
                throw new CniError(
                        CniError.INVALID_CONFIGURATION,
                        "table " + wanted.table() + " is used for " + shared + " by "
                                + other.who().key().ifname());
            }
        }
    }

    /**
     * Tables with rules or routes of this attachment: the record's, but for those that it was leaving and another one has
     * taken since. Without a readable record every table of ours that no other record claims, as long as all others can be
     * read.
     */
    private Set<Integer> formerTables(
            StoredRecord before, Holdings held, List<AttachmentRecord> others, PodRouting present) {
        Set<Integer> claimed = tables(others);
        Set<Integer> former = new HashSet<>(held.formerTables());
        former.removeAll(claimed);
        boolean unknown = before instanceof StoredRecord.Unreadable && !sandbox.hasUnreadableSibling(key);
        for (Rule rule : present.rules()) {
            if (unknown && RoutePlan.isOurs(rule) && !claimed.contains(rule.table())) {
                former.add(rule.table());
            }
        }
        for (Route route : present.routes()) {
            boolean choosable = route.table() >= FIRST_TABLE && route.table() < END_OF_TABLES;
            if (unknown && choosable && RoutePlan.isOurs(route) && !claimed.contains(route.table())) {
                former.add(route.table());
            }
        }
        if (held.table() != 0) {
            former.add(held.table());
        }
        return former;
    }

    /** The families that this attachment has or had; all of them when nobody knows. */
    private static Set<IpFamily> families(StoredRecord before, Holdings held, RouteWanted wanted) {
        if (before instanceof StoredRecord.Unreadable) {
            return EnumSet.allOf(IpFamily.class);
        }
        Set<IpFamily> families = wanted.families();
        families.addAll(RouteWanted.of(held).families());
        return families;
    }

    /** Everything that the kernel may hold while the change is under way. */
    private static Holdings both(
            Holdings held,
            RouteWanted wanted,
            SortedMap<String, String> sysctls,
            SortedMap<String, String> sysctlsBefore) {
        List<IpPrefix> sources = new ArrayList<>(held.sources());
        sources.addAll(wanted.sources());
        List<IpAddress> nextHops = new ArrayList<>(held.nextHops());
        nextHops.addAll(wanted.nextHops());
        Set<Integer> formerTables = new HashSet<>(held.formerTables());
        formerTables.add(held.table());
        formerTables.removeAll(List.of(0, wanted.table()));
        return new Holdings(
                List.of(), wanted.table(), List.copyOf(formerTables), sources, nextHops, sysctls, sysctlsBefore);
    }

    private static SortedMap<String, String> sysctlsBefore(List<AttachmentRecord> records) {
        SortedMap<String, String> before = new TreeMap<>();
        for (AttachmentRecord record : records) {
            before.putAll(record.holds().sysctlsBefore());
        }
        return before;
    }

    private void restore(StoredRecord before) {
        if (before instanceof StoredRecord.Found(AttachmentRecord record)) {
            sandbox.write(record);
        } else {
            sandbox.remove(key);
        }
    }

    private static Set<Integer> tables(List<AttachmentRecord> records) {
        Set<Integer> tables = new HashSet<>();
        for (AttachmentRecord record : records) {
            if (record.holds().table() != 0) {
                tables.add(record.holds().table());
            }
        }
        return tables;
    }
}
