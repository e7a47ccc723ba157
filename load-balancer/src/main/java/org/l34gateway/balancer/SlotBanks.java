// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.l34gateway.balancer.WantedTable.Numbers;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.SetShape.Datum;

/**
 * How slots are kept in the kernel. A bank is a map from numbers to rows of 16 slots, one for several pools with as many
 * slots: an element costs 64 bytes and a place in the processor's cache, whatever it holds. Of each slot a bank has 16 bits,
 * the mark of the target's address; a slot about which there is more to say ({@link SlotState}) has {@link #ELSEWHERE}, and
 * its state is in a map of the pool's, which is empty most of the time.
 *
 * <p>A pool has a cell of a bank: {@code slots_SLOTS_BANK}, from row {@code (cell % cells) * rows} on.
 */
final class SlotBanks {
    /** Slots in a row. */
    static final int ROW = 16;

    /** Instead of a mark. */
    static final int ELSEWHERE = 0xFFFF;

    /** Of one register. */
    static final int MARK_BITS = 16;

    private static final String BANK = "slots_";
    /** Numbers in a row: two slots each, the first in the lower bits. */
    private static final int NUMBERS = ROW / 2;
    /** About: small enough to be filled, large enough that a thousand small pools are in a few. */
    private static final int BANK_ROWS = 8_192;

    private static final int[] NONE = {};

    private SlotBanks() {}

    /** Where a pool's slots are. */
    record Cell(int slots, int number) {
        /** Of the pool that has this suffix ({@link PoolNames}). */
        static Cell of(String suffix) {
            String[] parts = suffix.split("_", -1);
            return new Cell(Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
        }

        private int rows() {
            return (slots + ROW - 1) / ROW;
        }

        private int cells() {
            return Math.max(1, BANK_ROWS / rows());
        }

        /** The bank's name. */
        String bank() {
            return BANK + slots + "_" + number / cells();
        }

        /** The number of the pool's first slot in the bank. */
        int offset() {
            return number % cells() * rows() * ROW;
        }

        private int bankRows() {
            return cells() * rows();
        }
    }

    static boolean isBank(String map) {
        return map.startsWith(BANK);
    }

    /** How many numbers all rows of a bank have; 0 for a name that is not well-formed. */
    static int numbers(String bank) {
        return bank.matches(BANK + "[0-9]{1,6}_[0-9]{1,6}")
                ? new Cell(Integer.parseInt(bank.split("_", -1)[1]), 0).bankRows() * NUMBERS
                : 0;
    }

    static int rowLength() {
        return NUMBERS;
    }

    /**
     * The banks, and the maps of slots that are elsewhere.
     *
     * @param states suffix of a pool → {@link SlotState} of each slot
     * @param marks suffix of a pool → target → mark
     * @param kept what was written before
     */
    static SortedMap<String, Numbers> write(
            Map<String, int[]> states, Map<String, Map<Integer, Integer>> marks, Kept<String, Numbers> kept) {
        SortedMap<String, Numbers> maps = new TreeMap<>();
        SortedMap<String, List<Part>> banks = new TreeMap<>();
        states.forEach((suffix, slots) -> {
            Cell cell = Cell.of(suffix);
            banks.computeIfAbsent(cell.bank(), _ -> new ArrayList<>())
                    .add(new Part(cell, slots, marks.getOrDefault(suffix, Map.of())));
            String moved = PoolNames.movedOf(suffix);
            maps.put(moved, kept.get(moved, List.<Object>of(slots), () -> moved(moved, slots)));
        });
        banks.forEach((bank, parts) -> {
            // An array equals only itself.
            List<Object> from = new ArrayList<>();
            parts.forEach(part -> from.addAll(List.of(part.cell(), part.slots(), part.marks())));
            maps.put(bank, kept.get(bank, from, () -> bank(bank, parts)));
        });
        return maps;
    }

    /** The slots of a pool, and target → mark. */
    @SuppressWarnings("ArrayRecordComponent") // It lives for one call.
    private record Part(Cell cell, int[] slots, Map<Integer, Integer> marks) {}

    private static Numbers moved(String name, int[] slots) {
        // Most pools have none.
        int[] elsewhere = Arrays.stream(slots).allMatch(SlotState::isPlain) ? NONE : new int[slots.length];
        for (int slot = 0; slot < elsewhere.length; slot++) {
            elsewhere[slot] = SlotState.isPlain(slots[slot]) ? 0 : slots[slot];
        }
        return new Numbers(new SetShape(name, List.of(Datum.MARK), Datum.MARK, Set.of(), 0), 1, elsewhere);
    }

    private static Numbers bank(String name, List<Part> parts) {
        int rows = parts.getFirst().cell().bankRows();
        int[] bank = new int[rows * NUMBERS];
        for (Part part : parts) {
            int[] byTarget = new int[SlotState.OWNER + 1];
            part.marks().forEach((target, mark) -> byTarget[target] = mark);
            int offset = part.cell().offset();
            for (int slot = 0; slot < part.slots().length; slot++) {
                int state = part.slots()[slot];
                int at = offset + slot;
                bank[at / 2] |= (SlotState.isPlain(state) ? byTarget[state] : ELSEWHERE) << (at % 2 * MARK_BITS);
            }
        }
        return new Numbers(new SetShape(name, List.of(Datum.MARK), Datum.ROW, Set.of(), rows), NUMBERS, bank);
    }

    /**
     * Suffix of a pool → {@link SlotState} of each slot, 0 where nobody is known to have it.
     *
     * @param numbers maps as they are
     * @param elements those of the pools' maps of targets
     */
    static Map<String, int[]> read(Map<String, int[]> numbers, Map<String, ? extends Set<Element>> elements) {
        Map<String, int[]> states = new HashMap<>();
        elements.forEach((map, targets) -> {
            if (PoolNames.isTargetMap(map)) {
                String suffix = PoolNames.suffix(map);
                states.put(suffix, states(suffix, numbers, targets));
            }
        });
        return states;
    }

    private static int[] states(String suffix, Map<String, int[]> numbers, Set<Element> targets) {
        Map<Integer, Integer> byMark = new HashMap<>();
        targets.forEach(target -> {
            if (target.content() instanceof Element.Data(Octets mark)) {
                byMark.put(mark.hostNumber(), target.key().hostNumber());
            }
        });
        Cell cell = Cell.of(suffix);
        int[] bank = numbers.getOrDefault(cell.bank(), NONE);
        int[] elsewhere = numbers.getOrDefault(PoolNames.movedOf(suffix), NONE);
        int[] states = new int[cell.slots()];
        for (int slot = 0; slot < states.length; slot++) {
            int at = cell.offset() + slot;
            int mark = at / 2 < bank.length ? (bank[at / 2] >>> (at % 2 * MARK_BITS)) & ELSEWHERE : 0;
            states[slot] =
                    mark == ELSEWHERE && slot < elsewhere.length ? elsewhere[slot] : byMark.getOrDefault(mark, 0);
        }
        return states;
    }
}
