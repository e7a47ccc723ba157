// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.Set;

/**
 * The interfaces of the stage, by index.
 *
 * @param external where packets come in; their frames are Ethernet's
 * @param internal towards the targets
 * @param mtuBytes largest packet of the internal one
 */
public record Wiring(Set<Integer> external, int internal, int mtuBytes) {
    public Wiring {
        external = Set.copyOf(external);
    }
}
