// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.TableName;

/**
 * Our tables in the kernel of the namespace in which this was opened. What this process has put there is not read again as
 * long as the kernel's generation says that nobody has changed anything since.
 */
final class KernelTables implements AutoCloseable {
    private static final int MOST_LOOKS = 10;

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
        PresentTable before = known.getOrDefault(plan.table(), PresentTable.NONE);
        known.remove(plan.table());
        plan.transactions().forEach(operations -> nftables.run(plan.table(), operations));
        int expected = generation + plan.transactions().size();
        generation = nftables.generation();
        if (generation == expected) {
            known.put(plan.table(), PresentTable.of(wanted, before));
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
        Map<String, int[]> numbers = new HashMap<>();
        for (String name : nftables.sets(table)) {
            if (SlotBanks.isBank(name)) {
                numbers.put(name, nftables.numbers(table, name, SlotBanks.rowLength(), SlotBanks.numbers(name)));
            } else if (SlotBanks.isMoved(name)) {
                numbers.put(name, moved(table, name));
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
        Set<String> pools = chains.keySet().stream()
                .flatMap(chain -> PoolNames.poolOf(chain).stream())
                .collect(Collectors.toSet());
        boolean exists = !chains.isEmpty() || !elements.isEmpty() || !numbers.isEmpty() || !counters.isEmpty();
        return new PresentTable(exists, chains, elements, numbers, SlotBanks.read(pools, numbers, elements), counters);
    }

    /** A list may miss an element while the kernel makes its hash table larger or smaller: two that are equal do not. */
    private int[] moved(TableName table, String name) {
        int slots = SlotBanks.slots(name);
        int[] before;
        int[] found = nftables.numbers(table, name, 1, slots);
        int looks = 0;
        do {
            before = found;
            found = nftables.numbers(table, name, 1, slots);
            looks++;
        } while (!Arrays.equals(before, found) && looks < MOST_LOOKS);
        return found;
    }

    /** Elements of a map that packets fill. */
    List<Element> flows(String map) {
        return nftables.elements(Tables.DECIDES, map);
    }

    /** What the counters of flows have counted, by their names. */
    Map<String, Nftables.Count> counters() {
        return nftables.counters(Tables.DECIDES);
    }

    /** What each element of a map has counted, by its key. */
    Map<Octets, Nftables.Count> counts(TableName table, String map) {
        return nftables.counts(table, map);
    }

    @Override
    public void close() {
        nftables.close();
    }
}
