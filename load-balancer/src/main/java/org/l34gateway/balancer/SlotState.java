// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

/**
 * What there is to say about a slot, as one number. Targets are counted from 1 by their identifiers, so that 0 is nobody.
 *
 * <p>Bits 0..10: who has the slot. Bits 11..21: who had it before and still has connections. Bit 22: there may be connections
 * that are remembered with another target. A state that is only somebody is kept as that target's mark ({@link SlotBanks}).
 */
final class SlotState {
    /** The bits of the target that has the slot. */
    static final int OWNER = 0x7FF;
    /** Where the bits of the target begin that had it before. */
    static final int FORMER_SHIFT = 11;
    /** There may be connections of another target. */
    static final int REMEMBERS = 1 << 22;

    private SlotState() {}

    /** The number of a target. */
    static int target(int identifier) {
        return identifier + 1;
    }

    static int identifier(int target) {
        return target - 1;
    }

    static int owner(int state) {
        return state & OWNER;
    }

    /** Whether there is nothing more to say than who has it. */
    static boolean isPlain(int state) {
        return state == owner(state);
    }

    /** 0 when there is none. */
    static int former(int state) {
        return (state >>> FORMER_SHIFT) & OWNER;
    }

    static boolean remembers(int state) {
        return (state & REMEMBERS) != 0;
    }

    /** Whether there are no more connections of another target than those that are remembered. */
    static boolean onlyRemembers(int state) {
        return remembers(state) && former(state) == 0;
    }

    /**
     * The states of a table with another number of slots: of each slot that in whose part of the flows its middle lies. Flows of
     * slots that lie in two are some of them taken for others': with 32 times as many slots one of 64.
     */
    static int[] scaled(int[] states, int slots) {
        int[] scaled = new int[states.length == 0 ? 0 : slots];
        for (int slot = 0; slot < scaled.length; slot++) {
            scaled[slot] = states[(int) ((2L * slot + 1) * states.length / (2L * slots))];
        }
        return scaled;
    }

    /** @param former 0 for none */
    static int of(int owner, int former, boolean remembers) {
        return owner | (former << FORMER_SHIFT) | (remembers ? REMEMBERS : 0);
    }
}
