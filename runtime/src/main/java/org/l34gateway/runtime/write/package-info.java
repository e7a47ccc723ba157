// SPDX-License-Identifier: Apache-2.0
/**
 * Writing to the cluster: server-side apply, deletes with preconditions, events. Expected refusals are values. Start at
 * {@link org.l34gateway.runtime.write.ClusterWriter}. What to write is decided elsewhere.
 */
@NullMarked
package org.l34gateway.runtime.write;

import org.jspecify.annotations.NullMarked;
