// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.TableName;

/**
 * Our tables in the kernel of the namespace in which this was opened. What this process has put there is not read again as
 * long as the kernel's generation says that nobody has changed anything since.
 */
final class KernelTables implements AutoCloseable {
    private final Nftables nftables;
    private final Map<TableName, PresentTable> known = new HashMap<>();
    /** The kernel's when {@link #known} was true. */
    private int generation;

    private KernelTables(Nftables nftables) {
        this.nftables = nftables;
    }

    static KernelTables open() {
        return new KernelTables(Nftables.open());
    }

    /**
     * Makes a table what the plan says.
     *
     * @param wanted what the table is when the plan was carried out
     * @throws org.l34gateway.netlink.KernelRefused when the kernel refuses a transaction
     */
    void run(TablePlan plan, WantedTable wanted) {
        known.remove(plan.table());
        plan.transactions().forEach(operations -> nftables.run(plan.table(), operations));
        int expected = generation + plan.transactions().size();
        generation = nftables.generation();
        if (generation == expected) {
            known.put(plan.table(), PresentTable.of(wanted));
        } else {
            // Somebody else has changed something in between, perhaps in our tables.
            known.clear();
        }
    }

    /** The table as it is. */
    PresentTable read(TableName table) {
        int now = nftables.generation();
        if (now != generation) {
            known.clear();
            generation = now;
        }
        PresentTable present = known.get(table);
        if (present == null) {
            present = readAll(table);
            known.put(table, present);
        }
        return present;
    }

    /** The next {@link #read} trusts nothing. */
    void forget() {
        known.clear();
    }

    private PresentTable readAll(TableName table) {
        Map<String, Nftables.Chain> chains = nftables.chains(table);
        Map<String, SortedSet<Element>> elements = new HashMap<>();
        Map<String, int[]> slotMaps = new HashMap<>();
        for (String name : nftables.sets(table)) {
            if (PoolNames.isSlotMap(name)) {
                slotMaps.put(name, nftables.numbers(table, name, 0, PoolNames.slots(name)));
            } else {
                SortedSet<Element> entries = new TreeSet<>();
                // Packets put flows in and time takes them out.
                if (!PoolNames.isFlowMap(name)) {
                    entries.addAll(nftables.elements(table, name));
                }
                elements.put(name, entries);
            }
        }
        Set<String> counters = nftables.counters(table).keySet();
        boolean exists = !chains.isEmpty() || !elements.isEmpty() || !slotMaps.isEmpty() || !counters.isEmpty();
        return new PresentTable(exists, chains, elements, slotMaps, counters);
    }

    /** Elements of a map that packets fill. */
    List<Element> flows(String map) {
        return nftables.elements(Tables.DECIDES, map);
    }

    /** What the counters of flows have counted, by their names. */
    Map<String, Nftables.Count> counters() {
        return nftables.counters(Tables.DECIDES);
    }

    /** What each target of a map has counted, by its number. */
    Map<Octets, Nftables.Count> counts(String map) {
        return nftables.counts(Tables.DECIDES, map);
    }

    @Override
    public void close() {
        nftables.close();
    }
}
