// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

/** Selects packets whose mark, under the mask, has the value. Mask 0 selects every packet. */
public record FirewallMark(int value, int mask) {
    /** Every packet. */
    public static final FirewallMark ANY = new FirewallMark(0, 0);

    @Override
    public String toString() {
        return "0x" + Integer.toHexString(value) + "/0x" + Integer.toHexString(mask);
    }
}
