// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.BitSet;

/** What becomes of the flows of a group when it declares another capacity. Within one size of tables nothing moves. */
public final class Redeal {
    private Redeal() {}

    /**
     * The share of flows whose target is another one afterwards, 0..1.
     *
     * @param seed {@link ForwardingProgram#seed()}
     * @param group with its new capacity and the targets that it has
     * @param before the capacity before
     */
    public static double share(long seed, TargetGroup group, int before) {
        if (SlotTableSize.forCapacity(before) == SlotTableSize.forCapacity(group.capacity())) {
            return 0;
        }
        BitSet active = new BitSet();
        group.targets().stream()
                .map(Target::identifier)
                .filter(identifier -> identifier < before)
                .forEach(active::set);
        return active.isEmpty()
                ? 0
                : differing(
                        group.dealing().among(seed, group.key(), before, active),
                        group.dealing().among(seed, group.key(), group.capacity(), active));
    }

    /** A slot has as large a part of the hashes as any other of its table: both tables are walked border by border. */
    private static double differing(SlotTable one, SlotTable other) {
        long whole = (long) one.slots() * other.slots();
        long differs = 0;
        long at = 0;
        while (at < whole) {
            int a = (int) (at / other.slots());
            int b = (int) (at / one.slots());
            long next = Math.min((a + 1L) * other.slots(), (b + 1L) * one.slots());
            differs += one.owner(a) == other.owner(b) ? 0 : next - at;
            at = next;
        }
        return (double) differs / whole;
    }
}
