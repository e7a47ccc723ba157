// SPDX-License-Identifier: Apache-2.0
/**
 * The eBPF stage: a program in front of nftables at each external interface that sends on the requests it knows, and one at the
 * internal interface for answers; they leave everything else to what comes next (docs/adr/0018, 0020). Start at
 * {@link org.l34gateway.balancer.ebpf.Stage}; the programs are written by {@code StageProgram} and {@code AnswerProgram}.
 *
 * <p>It knows slots, addresses and VIPs, not routes: what is in {@link org.l34gateway.balancer.ebpf.StageContent} is decided by the package
 * above.
 */
@NullMarked
package org.l34gateway.balancer.ebpf;

import org.jspecify.annotations.NullMarked;
