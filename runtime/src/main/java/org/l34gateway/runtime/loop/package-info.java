// SPDX-License-Identifier: Apache-2.0
/**
 * When to reconcile: triggers are coalesced, runs keep a distance, failures back off. Start at
 * {@link org.l34gateway.runtime.loop.ReconcileLoop}; the arithmetic is {@code LoopSchedule}, which has no clock and no
 * thread. What a run does is the caller's.
 */
@NullMarked
package org.l34gateway.runtime.loop;

import org.jspecify.annotations.NullMarked;
