// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.util.List;
import org.l34gateway.api.Names;

/** What a Gateway's class makes of it. */
public enum GatewayKind {
    /** Packets are spread without NAT. */
    STATELESS,
    /** Packets are spread with NAT. */
    NAT,
    /** Another controller's. */
    FOREIGN;

    /** By the class's controllerName, or by the class name itself when it is one (design, decision 14). */
    public static GatewayKind of(Gateway gateway, List<GatewayClass> classes) {
        String className = gateway.getSpec().getGatewayClassName();
        for (GatewayClass gatewayClass : classes) {
            if (gatewayClass.getMetadata().getName().equals(className)) {
                return ofController(gatewayClass.getSpec().getControllerName());
            }
        }
        return ofController(className);
    }

    /** Of a controllerName. */
    public static GatewayKind ofController(String controllerName) {
        return switch (controllerName) {
            case Names.STATELESS_CONTROLLER -> STATELESS;
            case Names.NAT_CONTROLLER -> NAT;
            default -> FOREIGN;
        };
    }
}
