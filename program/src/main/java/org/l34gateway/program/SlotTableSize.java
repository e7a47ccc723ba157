// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

/**
 * The sizes of slot tables. A group takes the smallest that holds its declared capacity: a bigger one balances better but
 * costs about 6 bytes of kernel memory per slot.
 */
public enum SlotTableSize {
    UP_TO_8(8, 1_021),
    UP_TO_16(16, 2_039),
    UP_TO_32(32, 4_093),
    UP_TO_64(64, 16_381),
    UP_TO_128(128, 65_537),
    UP_TO_1024(1_024, 131_071);

    private final int universe;
    private final int slots;

    SlotTableSize(int universe, int slots) {
        this.universe = universe;
        this.slots = slots;
    }

    /** The size for a declared capacity of 1..1,024. */
    public static SlotTableSize forCapacity(int capacity) {
        for (SlotTableSize size : values()) {
            if (capacity <= size.universe) {
                return size;
            }
        }
        throw new IllegalArgumentException(
                "want a capacity of at most " + TargetGroup.MAX_CAPACITY + ", got " + capacity);
    }

    /**
     * The size that has so many slots.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static SlotTableSize ofSlots(int slots) {
        for (SlotTableSize size : values()) {
            if (size.slots == slots) {
                return size;
            }
        }
        throw new IllegalArgumentException("no table has " + slots + " slots");
    }

    /** How many identifiers the table is made for: 0..universe-1. */
    public int universe() {
        return universe;
    }

    /** How many slots the table has. */
    public int slots() {
        return slots;
    }
}
