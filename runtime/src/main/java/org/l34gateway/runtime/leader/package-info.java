// SPDX-License-Identifier: Apache-2.0
/**
 * Who may write: one replica at a time, by a Lease. Start at {@link org.l34gateway.runtime.leader.Leadership}. What the
 * leader does is the caller's.
 */
@NullMarked
package org.l34gateway.runtime.leader;

import org.jspecify.annotations.NullMarked;
