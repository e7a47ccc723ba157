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
import org.l34gateway.linux.nftables.TableChange;
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

    /** What one table lacks, and where it was looked for. */
    private record Step(WantedTable wanted, PresentTable present, Scope scope, TablePlan plan) {
        void taken() {
            present.become(wanted, scope);
        }
    }

    /**
     * Makes tables what is wanted.
     *
     * @return how many transactions that took
     * @throws org.l34gateway.netlink.KernelRefused when the kernel refuses one
     */
    int apply(List<WantedTable> wanted) {
        heed();
        List<Step> steps = wanted.stream().map(this::step).toList();
        List<List<TableChange>> transactions =
                TablePlan.transactions(steps.stream().map(Step::plan).toList());
        if (!transactions.isEmpty()) {
            // Until all is done nobody knows how far it is.
            forget();
            transactions.forEach(nftables::run);
            generation += transactions.size();
            if (generation != nftables.generation()) {
                // Somebody else has changed something in between, perhaps in our tables.
                return transactions.size();
            }
        }
        steps.forEach(step -> {
            step.taken();
            known.put(step.wanted().name(), step.present());
            settled.add(step.wanted());
        });
        return transactions.size();
    }

    private Step step(WantedTable wanted) {
        PresentTable present = known(wanted.name());
        Scope touched = wanted.takeTouched();
        Scope scope = settled.contains(wanted) ? touched : Scope.all(wanted, present);
        return new Step(wanted, present, scope, TablePlan.decide(wanted, present, scope));
    }

    /** The table as it is. */
    PresentTable read(TableName table) {
        heed();
        return known(table);
    }

    /** Forgets what somebody has changed since it was read. */
    private void heed() {
        int now = nftables.generation();
        if (now != generation) {
            forget();
            generation = now;
        }
    }

    private PresentTable known(TableName table) {
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
