// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.l34gateway.linux.bpf.MapReference;
import org.l34gateway.linux.bpf.SharedArray;

/** The slots of all banks, rows of 16 as nftables has them. */
final class SlotArray implements AutoCloseable {
    private static final int HALF_BITS = 16;
    private static final int[] UNKNOWN = {};

    private final SharedArray array;
    private SortedMap<String, BankRows> rows = Collections.emptySortedMap();
    /** Those that are all written. */
    private final Map<String, int[]> written = new HashMap<>();

    SlotArray(int rows) {
        this.array = SharedArray.create("l34_slots", StageContent.ROW_WORDS * Integer.BYTES, rows);
    }

    MapReference reference() {
        return array.reference();
    }

    /** Whether there is a place for each of them. */
    boolean hasRoom(SortedMap<String, int[]> banks) {
        return decide(banks).size() == banks.size();
    }

    private SortedMap<String, BankRows> decide(SortedMap<String, int[]> banks) {
        SortedMap<String, Integer> wanted = new TreeMap<>();
        banks.forEach((name, bank) -> wanted.put(name, StageContent.rows(bank)));
        return BankRows.decide(wanted, rows, array.values());
    }

    /** The rows of the banks for which there was room. */
    SortedMap<String, BankRows> rows() {
        return rows;
    }

    /** Makes slots that will change {@link StageContent#ELSEWHERE}; gives rows to new banks. */
    void forget(SortedMap<String, int[]> banks) {
        rows = decide(banks);
        written.keySet().retainAll(rows.keySet());
        rows.forEach((name, place) -> {
            int[] wanted = banks.getOrDefault(name, UNKNOWN);
            if (!Arrays.equals(written.getOrDefault(name, UNKNOWN), wanted)) {
                written.remove(name);
                write(place, wanted, SlotArray::forgotten);
            }
        });
    }

    /** Writes slots that are not as they should be. */
    void learn(SortedMap<String, int[]> banks) {
        rows.forEach((name, place) -> {
            if (!written.containsKey(name)) {
                int[] wanted = banks.getOrDefault(name, UNKNOWN);
                write(place, wanted, (_, value) -> value);
                written.put(name, wanted);
            }
        });
    }

    /** What to write where another number is wanted. */
    private interface Change {
        int of(int held, int wanted);
    }

    private void write(BankRows place, int[] wanted, Change change) {
        for (int i = 0; i < wanted.length; i++) {
            int row = place.first() + i / StageContent.ROW_WORDS;
            int word = i % StageContent.ROW_WORDS;
            int held = array.get(row, word);
            if (held != wanted[i]) {
                array.set(row, word, change.of(held, wanted[i]));
            }
        }
    }

    /** Two slots: each that differs is elsewhere. */
    static int forgotten(int held, int wanted) {
        int differ = held ^ wanted;
        int lower = (differ & StageContent.ELSEWHERE) == 0 ? 0 : StageContent.ELSEWHERE;
        int upper = differ >>> HALF_BITS == 0 ? 0 : StageContent.ELSEWHERE << HALF_BITS;
        return held | lower | upper;
    }

    @Override
    public void close() {
        array.close();
    }
}
