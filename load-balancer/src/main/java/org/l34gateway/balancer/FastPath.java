// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

/** Whether packets that need nothing else are sent on as they come in by an interface, past the network layer. */
public enum FastPath {
    /** They are, if the kernel can. */
    ON,
    /** Every packet goes the complete way. */
    OFF
}
