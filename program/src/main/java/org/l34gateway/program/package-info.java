// SPDX-License-Identifier: Apache-2.0
/**
 * What one gateway pod must forward, as plain records, and the slot tables that follow from it. Start at
 * {@link org.l34gateway.program.ForwardingProgram}.
 *
 * <p>Pure: no Kubernetes, no kernel, no clock. {@code routing} makes programs, {@code load-balancer} puts them into the kernel.
 */
@NullMarked
package org.l34gateway.program;

import org.jspecify.annotations.NullMarked;
