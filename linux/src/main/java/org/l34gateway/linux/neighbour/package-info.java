// SPDX-License-Identifier: Apache-2.0
/**
 * Which addresses on a link answer (neighbour unreachability detection, RFC 4861 §7.3, driven by us for both families).
 * Start at {@link org.l34gateway.linux.neighbour.NeighbourProbe}; what an answer and a miss are is decided in {@code
 * Reachability}, which knows no kernel and no clock. What follows from a death is the caller's.
 */
@NullMarked
package org.l34gateway.linux.neighbour;

import org.jspecify.annotations.NullMarked;
