// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

/** What happens to TCP connections in a slot that moves from a target that is still there. */
public enum SlotMoves {
    /** They move with the slot, and so are reset. */
    AT_ONCE,
    /** They stay where they are, see {@link Handovers}. */
    HANDED_OVER
}
