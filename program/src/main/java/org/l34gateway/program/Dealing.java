// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.BitSet;

/** How the slots of a group are dealt among its active targets. Equal inputs give equal tables in every replica. */
public enum Dealing {
    /** By fixed preferences of each slot ({@link SlotDeal}): a change moves slots of the changed target only. */
    RENDEZVOUS("rendezvous"),
    /** In turns ({@link Maglev}): a little evener, and a change moves some slots of other targets, too. */
    MAGLEV("maglev");

    private final String text;

    Dealing(String text) {
        this.text = text;
    }

    /**
     * The table when exactly these identifiers are active.
     *
     * @param seed {@link ForwardingProgram#seed()}
     * @param groupKey {@link TargetGroup#key()}
     * @param capacity {@link TargetGroup#capacity()}
     * @throws IllegalArgumentException when an identifier is outside the universe of the capacity's table
     */
    public SlotTable among(long seed, String groupKey, int capacity, BitSet active) {
        return switch (this) {
            case RENDEZVOUS -> SlotDeal.of(seed, groupKey, capacity).among(active);
            case MAGLEV -> Maglev.among(seed, groupKey, capacity, active);
        };
    }

    /** As users write it. */
    @Override
    public String toString() {
        return text;
    }
}
