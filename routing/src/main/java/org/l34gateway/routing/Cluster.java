// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.util.List;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;

/**
 * The objects that decisions about Gateways depend on, as one moment's snapshot. The order does not matter, and
 * nothing here is ever changed. A component that sees one namespace only gives that namespace's objects.
 */
public record Cluster(
        List<GatewayClass> classes,
        List<Gateway> gateways,
        List<L34Route> routes,
        List<GatewayRouter> routers,
        List<Service> services) {
    public Cluster {
        classes = List.copyOf(classes);
        gateways = List.copyOf(gateways);
        routes = List.copyOf(routes);
        routers = List.copyOf(routers);
        services = List.copyOf(services);
    }
}
