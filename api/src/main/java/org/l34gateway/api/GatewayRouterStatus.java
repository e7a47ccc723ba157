// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What the gateway pods say about the router.
 *
 * @param conditions Accepted, Established ("k of n gateway pods")
 */
public record GatewayRouterStatus(List<Condition> conditions) {
    public GatewayRouterStatus {
        conditions = JsonList.of(conditions);
    }
}
