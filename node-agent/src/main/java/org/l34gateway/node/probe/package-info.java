// SPDX-License-Identifier: Apache-2.0
/**
 * Whether the next hops of this node's pods answer, asked in each pod's namespace. Start at
 * {@link org.l34gateway.node.probe.NextHopProbes}. What follows from a death is decided in {@code plan}.
 */
@NullMarked
package org.l34gateway.node.probe;

import org.jspecify.annotations.NullMarked;
