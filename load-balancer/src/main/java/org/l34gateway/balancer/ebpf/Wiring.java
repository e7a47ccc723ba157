// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The interfaces of the stage, by index.
 *
 * @param external where requests come in; their frames are Ethernet's
 * @param internal towards the targets
 * @param mtuBytes largest packet of the internal one
 * @param answers null to leave them to nftables
 */
public record Wiring(
        Set<Integer> external,
        int internal,
        int mtuBytes,
        @Nullable AnswerRoutes answers) {
    public Wiring {
        external = Set.copyOf(external);
    }
}
