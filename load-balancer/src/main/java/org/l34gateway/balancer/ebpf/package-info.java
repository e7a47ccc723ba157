// SPDX-License-Identifier: Apache-2.0
/**
 * The eBPF stage: a program in front of nftables at each external interface that sends on what it knows, and leaves everything else to
 * what comes next (docs/adr/0018). Start at {@link org.l34gateway.balancer.ebpf.Stage}; the program is written by
 * {@code StageProgram}.
 *
 * <p>It knows slots and addresses, not routes: what is in {@link org.l34gateway.balancer.ebpf.StageContent} is decided by the package
 * above.
 */
@NullMarked
package org.l34gateway.balancer.ebpf;

import org.jspecify.annotations.NullMarked;
