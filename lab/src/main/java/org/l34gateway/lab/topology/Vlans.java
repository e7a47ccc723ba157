// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.topology;

/** How VLAN 100, 200 and 300 are made. Nodes have links {@code vlan100}, {@code vlan200}, {@code vlan300} either way. */
public enum Vlans {
    /** A bridge each: works on every kernel. */
    BRIDGES,
    /** 802.1Q sub-interfaces of a card {@code trunk} on one bridge: needs 802.1Q in the kernel. */
    TAGGED
}
