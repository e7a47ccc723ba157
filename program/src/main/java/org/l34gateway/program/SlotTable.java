// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Which identifier owns each slot, 2 bytes a slot. Equal when every slot has the same owner. */
public final class SlotTable {
    /** The owner of a slot when no target is active. */
    public static final int NONE = 0xFFFF;

    private final char[] owners;

    /** Takes the array over. */
    SlotTable(char[] owners) {
        this.owners = owners;
    }

    public int slots() {
        return owners.length;
    }

    /** The identifier that owns the slot, or {@link #NONE}; without targets that holds for every slot. */
    public int owner(int slot) {
        return owners[slot];
    }

    /** How many slots the identifier owns. */
    public int share(int identifier) {
        return (int) IntStream.range(0, owners.length)
                .filter(slot -> owners[slot] == identifier)
                .count();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SlotTable table && Arrays.equals(owners, table.owners);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(owners);
    }

    @Override
    public String toString() {
        return "SlotTable[slots=" + owners.length + ", hash=" + Integer.toHexString(hashCode()) + "]";
    }
}
