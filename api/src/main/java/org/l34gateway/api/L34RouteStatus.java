// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * RouteStatus of the Gateway API: one entry per parent and controller.
 *
 * @param parents at most 32; a controller touches its own entries only
 */
public record L34RouteStatus(@Size(max = 32) List<Parent> parents) {
    public L34RouteStatus {
        parents = JsonList.of(parents);
    }

    /**
     * What one controller says about the route at one parent.
     *
     * @param conditions Accepted, ResolvedRefs and others, at most 8
     */
    public record Parent(ParentRef parentRef, String controllerName, List<Condition> conditions) {
        public Parent {
            conditions = JsonList.of(conditions);
        }
    }
}
