// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import java.util.Map;

/**
 * What one run of the {@link ControllerLoop} saw and decided.
 *
 * @param term of this replica's leadership; in a later one somebody else may have decided in between
 * @param steps by UID of the Gateway; none for a Gateway whose decision failed
 */
record Decided(long term, World world, Map<String, GatewayStep> steps) {
    Decided {
        steps = Map.copyOf(steps);
    }
}
