// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.nftables.TableName;

/**
 * Our tables in the kernel of the namespace in which this was opened. What this process has put there is not read again as
 * long as the kernel's generation says that nobody has changed anything since.
 */
final class KernelTables implements AutoCloseable {
    private static final int MOST_LOOKS = 10;

    private final Nftables nftables;
    private final Map<TableName, PresentTable> known = new HashMap<>();
    /** What is as wanted: only what is touched from now on may differ. */
    private final Set<WantedTable> settled = new HashSet<>();
    /** The kernel's when {@link #known} was true. */
    private int generation;

    private KernelTables(Nftables nftables) {
        this.nftables = nftables;
    }

    static KernelTables open() {
        return new KernelTables(Nftables.open());
    }

    /**
     * Makes a table what is wanted.
     *
     * @return how many transactions that took
     * @throws org.l34gateway.netlink.KernelRefused when the kernel refuses one
     */
    int apply(WantedTable wanted) {
        TableName name = wanted.name();
        PresentTable present = read(name);
        Scope touched = wanted.takeTouched();
        Scope scope = settled.remove(wanted) ? touched : Scope.all(wanted, present);
        TablePlan plan = TablePlan.decide(wanted, present, scope);
        if (plan.isEmpty()) {
            present.become(wanted, scope);
            settled.add(wanted);
            return 0;
        }
        known.remove(name);
        settled.removeIf(other -> other.name().equals(name));
        plan.transactions().forEach(operations -> nftables.run(name, operations));
        int expected = generation + plan.transactions().size();
        generation = nftables.generation();
        if (generation == expected) {
            present.become(wanted, scope);
            known.put(name, present);
            settled.add(wanted);
        } else {
            // Somebody else has changed something in between, perhaps in our tables.
            forget();
        }
        return plan.transactions().size();
    }

    /** The table as it is. */
    PresentTable read(TableName table) {
        int now = nftables.generation();
        if (now != generation) {
            forget();
            generation = now;
        }
        return known.computeIfAbsent(table, this::readAll);
    }

    /** Whether somebody, in this or another table, has changed something since these were read or written last. */
    boolean anyNews() {
        return known.isEmpty() || nftables.generation() != generation;
    }

    /** The next {@link #read} trusts nothing. */
    void forget() {
        known.clear();
        settled.clear();
    }

    private PresentTable readAll(TableName table) {
        Map<String, Nftables.Chain> chains = nftables.chains(table);
        Map<String, List<Element>> elements = new HashMap<>();
        Map<String, int[]> numbers = new HashMap<>();
        for (String name : nftables.sets(table)) {
            if (SlotBanks.isBank(name)) {
                numbers.put(name, nftables.numbers(table, name, SlotBanks.rowLength(), SlotBanks.numbers(name)));
            } else if (SlotBanks.isMoved(name)) {
                numbers.put(name, moved(table, name));
            } else {
                // Packets put flows in and time takes them out.
                elements.put(name, PoolNames.isFlowMap(name) ? List.of() : nftables.elements(table, name));
            }
        }
        return new PresentTable(
                chains, elements, numbers, nftables.counters(table).keySet());
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

    @Override
    public void close() {
        nftables.close();
    }
}
