// SPDX-License-Identifier: Apache-2.0
/**
 * What packets suffer while programs change. A process with a load balancer ({@link org.l34gateway.bench.edits.Agent})
 * applies random {@link org.l34gateway.bench.edits.Edits} one after the other and is killed now and then; numbered packets
 * pass through its namespace all the time, and each is compared with the programs that the kernel may have held while it
 * passed. Start at {@link org.l34gateway.bench.edits.EditLoss}.
 */
@NullMarked
package org.l34gateway.bench.edits;

import org.jspecify.annotations.NullMarked;
