// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Rows of the stage's array that a bank has, from the first on. */
record BankRows(int first, int count) {
    /** Number of the first slot among those of all banks. */
    int firstSlot() {
        return 2 * StageContent.ROW_WORDS * first;
    }

    private int end() {
        return first + count;
    }

    /**
     * Which rows each bank has. One that has rows keeps them, another gets the first gap that is large enough; for the last ones
     * there may be none.
     *
     * @param wanted name → number of rows
     * @param present name → rows; those of banks that are not wanted any more are not given away yet
     * @param rows of the array
     */
    static SortedMap<String, BankRows> decide(
            SortedMap<String, Integer> wanted, Map<String, BankRows> present, int rows) {
        SortedMap<String, BankRows> decided = new TreeMap<>();
        SortedMap<Integer, BankRows> taken = new TreeMap<>();
        present.values().forEach(each -> taken.put(each.first(), each));
        wanted.forEach((name, count) -> {
            BankRows held = present.get(name);
            if (held != null && held.count() == count) {
                decided.put(name, held);
                return;
            }
            gap(taken.values(), count, rows).ifPresent(found -> {
                taken.put(found.first(), found);
                decided.put(name, found);
            });
        });
        return decided;
    }

    private static Optional<BankRows> gap(Collection<BankRows> taken, int count, int rows) {
        int first = 0;
        for (BankRows each : taken) {
            if (each.first() - first >= count) {
                break;
            }
            first = Math.max(first, each.end());
        }
        return first + count <= rows ? Optional.of(new BankRows(first, count)) : Optional.empty();
    }
}
