// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;

/** Objects as users write them: YAML read by the client that production reads with. */
final class Fixtures {
    private Fixtures() {}

    static <T extends HasMetadata> T read(Class<T> type, String yaml) {
        T object = Serialization.unmarshal(yaml, type);
        if (object.getMetadata().getNamespace() == null) {
            object.getMetadata().setNamespace("shop");
        }
        if (object.getMetadata().getUid() == null) {
            object.getMetadata().setUid("uid-" + object.getMetadata().getName());
        }
        return object;
    }

    static Gateway gateway(String name) {
        return read(Gateway.class, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: %s, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec:
                  gatewayClassName: l-3-4-gateway-api-poc/stateless-load-balancer
                  infrastructure:
                    annotations:
                      l-3-4-gateway-api-poc/networks: '[{"name":"macvlan-nad-2","interface":"net2"}]'
                  listeners: [{name: all, protocol: TCP, port: 4000}]
                """.formatted(name));
    }

    static Service service(String name, String gateway) {
        return read(Service.class, """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, labels: {service.kubernetes.io/service-proxy-name: %s}}
                spec:
                  clusterIP: None
                  selector: {app: %s, l-3-4-gateway-api-poc/dummy-service-selector: "true"}
                """.formatted(name, gateway, name));
    }

    static L34Route route(String name, String gateway, String service, String spec) {
        return read(L34Route.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: L34Route
                metadata: {name: %s, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec:
                  parentRefs: [{name: %s}]
                  backendRefs: [{name: %s, port: 4000}]
                  priority: 1
                  protocols: [TCP]
                %s
                """.formatted(name, gateway, service, spec.indent(2)));
    }

    static GatewayRouter router(String spec) {
        return read(GatewayRouter.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: GatewayRouter
                metadata: {name: router, labels: {service.kubernetes.io/service-proxy-name: gw}}
                spec:
                %s
                """.formatted(spec.indent(2)));
    }

    static EndpointSlice slice(String service, String family, String targets, String endpoints) {
        return read(EndpointSlice.class, """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %s-%s
                  labels: {kubernetes.io/service-name: %s, endpointslice.kubernetes.io/managed-by: l34-gateway}
                  annotations: {l-3-4-gateway-api-poc/targets: '%s'}
                addressType: IPv4
                endpoints:
                %s
                """.formatted(service, family, service, targets, endpoints));
    }

    static Pod gatewayPod(String name, String gateway) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("shop")
                .withUid("uid-" + name)
                .withLabels(Map.of(Names.GATEWAY_LABEL, gateway))
                .endMetadata()
                .build();
    }

    static GatewayReport report(String pod, String gateway, String spec) {
        return read(GatewayReport.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: GatewayReport
                metadata: {name: %s}
                spec:
                  gateway: {namespace: shop, name: %s, uid: uid-%s}
                  podUID: uid-%s
                  observedAt: "2026-01-01T00:00:00Z"
                %s
                """.formatted(pod, gateway, gateway, pod, spec.indent(2)));
    }

    static Cluster cluster(Gateway gateway, List<L34Route> routes, List<GatewayRouter> routers, Service... services) {
        return new Cluster(List.of(), List.of(gateway), routes, routers, List.of(services));
    }
}
