// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

/** Whether packets that need nothing else are sent on as they come in by an interface, past the network layer. */
public enum FastPath {
    /** They are by nftables, if the kernel can. */
    ON,
    /** The same, behind an eBPF program that needs CAP_BPF and Linux 6.6; without these it is {@link #ON}. */
    EBPF,
    /** Every packet goes the complete way. */
    OFF
}
