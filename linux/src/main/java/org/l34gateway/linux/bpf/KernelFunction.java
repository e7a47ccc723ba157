// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.bpf;

import java.util.Locale;

/** A function of the kernel that programs call, with its arguments in R1 and following (bpf-helpers(7)). */
public enum KernelFunction {
    /** Map, pointer to the key → pointer to the value or 0. */
    MAP_LOOKUP_ELEM(1),
    /** Context, 32-bit sum: adds to the checksum of the whole packet, if the interface had worked one out. */
    CSUM_UPDATE(40),
    /**
     * Context, pointer to struct bpf_fib_lookup, its length, flags → 0 when there is a route and its neighbour is known; then the struct
     * tells them (with {@link #FROM_TABLE} Linux 6.5).
     */
    FIB_LOOKUP(69),
    /** Interface index, pointer to struct bpf_redir_neigh, its length, 0 → what the program returns (Linux 5.10). */
    REDIRECT_NEIGH(152),
    /** Context, interface index, pointer to a 32-bit 0, 0, {@link #EVERY_SEGMENT} → 0 when the packet fits (Linux 5.12). */
    CHECK_MTU(163);

    /** Flag of {@link #CHECK_MTU}: a packet that the kernel will cut is measured by its pieces (BPF_MTU_CHK_SEGS). */
    public static final int EVERY_SEGMENT = 1;

    /** Flags of {@link #FIB_LOOKUP}: no rules, but the table that the struct says (BPF_FIB_LOOKUP_DIRECT, BPF_FIB_LOOKUP_TBID). */
    public static final int FROM_TABLE = 1 | 8;

    private final int code;

    KernelFunction(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
