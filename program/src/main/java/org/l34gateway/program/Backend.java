// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

/**
 * A share of a route's flows for one group of targets.
 *
 * @param group {@link TargetGroup#key()}
 * @param weight 0..1,000,000 (Gateway API's BackendRef); a group gets weight / sum of weights, 0 gets nothing
 */
public record Backend(String group, int weight) {
    /** Gateway API v1, BackendRef.weight. */
    private static final int MAX_WEIGHT = 1_000_000;

    /** @throws IllegalArgumentException when the weight is outside 0..1,000,000; the message quotes it */
    public Backend {
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "want a weight of 0.." + MAX_WEIGHT + ", got " + weight + " for " + group);
        }
    }
}
