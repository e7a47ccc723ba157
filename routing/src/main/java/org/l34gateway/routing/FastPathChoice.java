// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

/** Values of {@link org.l34gateway.api.Names#FAST_PATH_ANNOTATION}: how packets go that need nothing of the network layer. */
public enum FastPathChoice {
    /** As all others do. */
    OFF("off"),
    /** They are sent on by nftables where they come in, if the kernel can. */
    NFTABLES("nftables"),
    /** The same, behind an eBPF program; gateway pods get CAP_BPF for it. Where the kernel refuses it, by nftables. */
    EBPF("ebpf");

    private final String text;

    FastPathChoice(String text) {
        this.text = text;
    }

    /** As users write it. */
    @Override
    public String toString() {
        return text;
    }
}
