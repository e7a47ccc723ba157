// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.l34gateway.balancer.Part.Elements;
import org.l34gateway.balancer.Part.Rows;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.SetShape.Datum;
import org.l34gateway.program.SlotTableSize;

/**
 * How slots are kept in the kernel. A bank is a map from numbers to rows of 16 slots, one for several pools with as many
 * slots: an element costs 64 bytes and a place in the processor's cache, whatever it holds. Of each slot a bank has 16 bits,
 * the mark of the target's address; a slot about which there is more to say ({@link SlotState}) has {@link #ELSEWHERE}, and
 * its state is in a map beside the bank, which is empty most of the time. Another one has the marks of the targets of which such
 * states tell.
 *
 * <p>A pool has a cell of a bank: {@code slots_SLOTS_BANK}, from row {@code (cell % cells) * rows} on. The maps are few because
 * the kernel goes through all of them for each that a new rule names. Fewer pools share the two maps beside it: for each element
 * the kernel goes through all rules that name its map, and these have some ten of each pool, a bank 16 of all of them.
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
    /** Of a bank, about. It is copied and compared when one of its slots changes, and has 16 chains. */
    private static final int BANK_ROWS = 2_048;
    /** Of the pools that share the maps beside it, about. */
    private static final int SHARED_ROWS = 512;

    private static final String MOVED = "moved_";
    private static final String TARGETS = "targets_";
    private static final String SUFFIX = "[0-9]{1,6}_[0-9]{1,6}";
    /** Below them is a target, and what the memory of connections has beside it. */
    private static final int CELL_SHIFT = 12;

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

        /** Pools that share the maps beside the bank. */
        private int sharing() {
            return Math.max(1, SHARED_ROWS / rows());
        }

        /** The bank's name. */
        String bank() {
            return BANK + slots + "_" + number / cells();
        }

        /** The name of the map of slots that are more than somebody's: {@link #movedOffset} + slot → {@link SlotState}. */
        String moved() {
            return MOVED + slots + "_" + number / sharing();
        }

        /** The name of the map of targets of some pools: {@link #targetBits} and target → mark. */
        String targets() {
            return TARGETS + slots + "_" + number / sharing();
        }

        /** The bits that tell the pool's targets from others in the map. */
        int targetBits() {
            return number % sharing() << CELL_SHIFT;
        }

        /** The target of a key of the map; 0 when it is another pool's. */
        int target(int key) {
            return key >> CELL_SHIFT << CELL_SHIFT == targetBits() ? key - targetBits() : 0;
        }

        private int mostTargets() {
            return sharing() * SlotTableSize.ofSlots(slots).universe();
        }

        /** The number of the pool's first slot in the bank. */
        int offset() {
            return number % cells() * rows() * ROW;
        }

        /** The number of the pool's first slot in the map of moved slots. */
        int movedOffset() {
            return number % sharing() * rows() * ROW;
        }

        private int bankRows() {
            return cells() * rows();
        }

        private int sharedSlots() {
            return sharing() * rows() * ROW;
        }
    }

    static boolean isBank(String map) {
        return map.matches(BANK + SUFFIX);
    }

    static boolean isMoved(String map) {
        return map.matches(MOVED + SUFFIX);
    }

    /** How many numbers all rows of a bank have. */
    static int numbers(String bank) {
        return any(bank).bankRows() * NUMBERS;
    }

    /** How many slots the pools have that share a map of moved slots. */
    static int slots(String moved) {
        return any(moved).sharedSlots();
    }

    /** Some cell of a bank. */
    private static Cell any(String map) {
        return new Cell(Integer.parseInt(map.split("_", -1)[1]), 0);
    }

    static int rowLength() {
        return NUMBERS;
    }

    /**
     * What a pool brings into the table.
     *
     * @param slots {@link SlotState} of each
     * @param marks target → mark
     */
    static Part part(Cell cell, int[] slots, Map<Integer, Integer> marks) {
        return new Part(
                Map.of(),
                Map.of(),
                List.of(targets(cell, marks)),
                List.of(bank(cell, slots, marks), moved(cell, slots)),
                Set.of());
    }

    private static Elements targets(Cell cell, Map<Integer, Integer> marks) {
        List<Element> elements = new ArrayList<>();
        marks.forEach((target, mark) ->
                elements.add(Element.data(Octets.host(cell.targetBits() | target), Octets.host(mark))));
        return Elements.of(
                new SetShape(cell.targets(), List.of(Datum.MARK), Datum.MARK, Set.of(), cell.mostTargets()), elements);
    }

    private static Rows bank(Cell cell, int[] slots, Map<Integer, Integer> marks) {
        int[] byTarget = new int[SlotState.OWNER + 1];
        marks.forEach((target, mark) -> byTarget[target] = mark);
        int[] rows = new int[cell.rows() * NUMBERS];
        for (int slot = 0; slot < slots.length; slot++) {
            int mark = SlotState.isPlain(slots[slot]) ? byTarget[slots[slot]] : ELSEWHERE;
            rows[slot / 2] |= mark << (slot % 2 * MARK_BITS);
        }
        SetShape shape = new SetShape(cell.bank(), List.of(Datum.MARK), Datum.ROW, Set.of(), cell.bankRows());
        return new Rows(shape, NUMBERS, cell.bankRows() * NUMBERS, cell.offset() / 2, rows);
    }

    private static Rows moved(Cell cell, int[] slots) {
        int[] moved = Arrays.stream(slots).allMatch(SlotState::isPlain) ? NONE : slots.clone();
        for (int slot = 0; slot < moved.length; slot++) {
            moved[slot] = SlotState.isPlain(moved[slot]) ? 0 : moved[slot];
        }
        SetShape shape = new SetShape(cell.moved(), List.of(Datum.MARK), Datum.MARK, Set.of(), 0);
        return new Rows(shape, 1, cell.sharedSlots(), cell.movedOffset(), moved);
    }

    /** Suffix of a pool → {@link SlotState} of each slot, 0 where nobody is known to have it. */
    static Map<String, int[]> read(PresentTable table) {
        Map<String, int[]> states = new HashMap<>();
        table.chains()
                .keySet()
                .forEach(chain -> PoolNames.poolOf(chain)
                        .ifPresent(suffix -> states.computeIfAbsent(suffix, _ -> states(Cell.of(suffix), table))));
        return states;
    }

    private static int[] states(Cell cell, PresentTable table) {
        Map<Integer, Integer> byMark = new HashMap<>();
        table.entries(cell.targets()).forEach(element -> {
            int target = cell.target(element.key().hostNumber());
            if (target != 0 && element.content() instanceof Element.Data(Octets mark)) {
                byMark.put(mark.hostNumber(), target);
            }
        });
        int[] bank = table.numbers().getOrDefault(cell.bank(), NONE);
        int[] elsewhere = table.numbers().getOrDefault(cell.moved(), NONE);
        int[] states = new int[cell.slots()];
        for (int slot = 0; slot < states.length; slot++) {
            int at = cell.offset() + slot;
            int mark = at / 2 < bank.length ? (bank[at / 2] >>> (at % 2 * MARK_BITS)) & ELSEWHERE : 0;
            int beside = cell.movedOffset() + slot;
            states[slot] =
                    mark == ELSEWHERE && beside < elsewhere.length ? elsewhere[beside] : byMark.getOrDefault(mark, 0);
        }
        return states;
    }
}
