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
import org.l34gateway.balancer.WantedTable.Elements;
import org.l34gateway.balancer.WantedTable.Numbers;
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
 * the kernel goes through all of them for each that a new rule names.
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

        /** The bank's name. */
        String bank() {
            return BANK + suffix();
        }

        /** The name of the map of slots that are more than somebody's: number in the bank → {@link SlotState}. */
        String moved() {
            return MOVED + suffix();
        }

        /** The name of the map of the targets of all pools that share the bank → mark. */
        String targets() {
            return TARGETS + suffix();
        }

        private String suffix() {
            return slots + "_" + number / cells();
        }

        /** The bits that tell the pool's targets from others in the map. */
        int targetBits() {
            return number % cells() << CELL_SHIFT;
        }

        /** The target of a key of the map; 0 when it is another pool's. */
        int target(int key) {
            return key >> CELL_SHIFT << CELL_SHIFT == targetBits() ? key - targetBits() : 0;
        }

        private int mostTargets() {
            return cells() * SlotTableSize.ofSlots(slots).universe();
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
        return map.matches(BANK + SUFFIX);
    }

    static boolean isMoved(String map) {
        return map.matches(MOVED + SUFFIX);
    }

    /** How many numbers all rows of a bank have. */
    static int numbers(String bank) {
        return any(bank).bankRows() * NUMBERS;
    }

    /** How many slots a bank has to which a map of moved slots belongs. */
    static int slots(String moved) {
        return any(moved).bankRows() * ROW;
    }

    /** Some cell of a bank. */
    private static Cell any(String map) {
        return new Cell(Integer.parseInt(map.split("_", -1)[1]), 0);
    }

    static int rowLength() {
        return NUMBERS;
    }

    /**
     * What the kernel should hold.
     *
     * @param numbers the banks, and the maps of slots that are elsewhere
     * @param targets the maps of targets
     */
    record Maps(SortedMap<String, Numbers> numbers, SortedMap<String, Elements> targets) {}

    /**
     * Writes them.
     *
     * @param states suffix of a pool → {@link SlotState} of each slot
     * @param marks suffix of a pool → target → mark
     * @param drafts what was written before
     */
    static Maps write(Map<String, int[]> states, Map<String, Map<Integer, Integer>> marks, Drafts drafts) {
        SortedMap<String, Numbers> numbers = new TreeMap<>();
        SortedMap<String, Elements> targets = new TreeMap<>();
        SortedMap<String, List<Part>> banks = new TreeMap<>();
        states.forEach((suffix, slots) -> {
            Cell cell = Cell.of(suffix);
            banks.computeIfAbsent(cell.bank(), _ -> new ArrayList<>())
                    .add(new Part(cell, slots, marks.getOrDefault(suffix, Map.of())));
        });
        banks.forEach((bank, parts) -> {
            // An array equals only itself.
            List<Object> from = new ArrayList<>();
            parts.forEach(part -> from.addAll(List.of(part.cell(), part.slots(), part.marks())));
            Cell any = parts.getFirst().cell();
            numbers.put(bank, drafts.numbers.get(bank, from, () -> bank(bank, parts)));
            numbers.put(any.moved(), drafts.numbers.get(any.moved(), from, () -> moved(any, parts)));
            targets.put(any.targets(), drafts.targets.get(any.targets(), from, () -> targets(any, parts)));
        });
        return new Maps(numbers, targets);
    }

    /** The slots of a pool, and target → mark. */
    @SuppressWarnings("ArrayRecordComponent") // It lives for one call.
    private record Part(Cell cell, int[] slots, Map<Integer, Integer> marks) {
        boolean isPlain() {
            return Arrays.stream(slots).allMatch(SlotState::isPlain);
        }
    }

    private static Numbers moved(Cell any, List<Part> parts) {
        int[] elsewhere = parts.stream().allMatch(Part::isPlain) ? NONE : new int[any.bankRows() * ROW];
        for (Part part : parts) {
            for (int slot = 0; elsewhere.length > 0 && slot < part.slots().length; slot++) {
                int state = part.slots()[slot];
                elsewhere[part.cell().offset() + slot] = SlotState.isPlain(state) ? 0 : state;
            }
        }
        return new Numbers(new SetShape(any.moved(), List.of(Datum.MARK), Datum.MARK, Set.of(), 0), 1, elsewhere);
    }

    private static Elements targets(Cell any, List<Part> parts) {
        List<Element> elements = new ArrayList<>();
        parts.forEach(part -> part.marks()
                .forEach((target, mark) ->
                        elements.add(Element.data(Octets.host(part.cell().targetBits() | target), Octets.host(mark)))));
        return Elements.of(
                new SetShape(any.targets(), List.of(Datum.MARK), Datum.MARK, Set.of(), any.mostTargets()), elements);
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
     * @param suffixes of the pools that are there
     * @param numbers maps as they are
     * @param elements those of the maps of targets
     */
    static Map<String, int[]> read(
            Set<String> suffixes, Map<String, int[]> numbers, Map<String, ? extends Set<Element>> elements) {
        Map<String, int[]> states = new HashMap<>();
        suffixes.forEach(suffix -> states.put(suffix, states(Cell.of(suffix), numbers, elements)));
        return states;
    }

    private static int[] states(Cell cell, Map<String, int[]> numbers, Map<String, ? extends Set<Element>> elements) {
        Map<Integer, Integer> byMark = new HashMap<>();
        Set<Element> targets = elements.get(cell.targets());
        if (targets != null) {
            targets.forEach(element -> {
                int target = cell.target(element.key().hostNumber());
                if (target != 0 && element.content() instanceof Element.Data(Octets mark)) {
                    byMark.put(mark.hostNumber(), target);
                }
            });
        }
        int[] bank = numbers.getOrDefault(cell.bank(), NONE);
        int[] elsewhere = numbers.getOrDefault(cell.moved(), NONE);
        int[] states = new int[cell.slots()];
        for (int slot = 0; slot < states.length; slot++) {
            int at = cell.offset() + slot;
            int mark = at / 2 < bank.length ? (bank[at / 2] >>> (at % 2 * MARK_BITS)) & ELSEWHERE : 0;
            states[slot] = mark == ELSEWHERE && at < elsewhere.length ? elsewhere[at] : byMark.getOrDefault(mark, 0);
        }
        return states;
    }
}
