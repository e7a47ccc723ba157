// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.NodeReport;
import org.l34gateway.runtime.snapshot.Snapshot;

/** A cluster with one Gateway of two pods, one Service, one route and one target, as YAML; tests put and take objects. */
final class ExampleCluster {
    static final KubernetesSerialization YAML = new KubernetesSerialization();

    static {
        YAML.registerKubernetesResource(L34Route.class);
        YAML.registerKubernetesResource(GatewayReport.class);
        YAML.registerKubernetesResource(NodeReport.class);
    }

    private final Map<String, HasMetadata> objects = new LinkedHashMap<>();

    ExampleCluster() {
        put("""
            apiVersion: v1
            kind: Node
            metadata: {name: node-a, uid: uid-node}
            """);
        put("""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: blue, namespace: shop, uid: uid-blue, creationTimestamp: "2026-01-01T00:00:00Z"}
            spec:
              gatewayClassName: l-3-4-gateway-api-poc/stateless-load-balancer
              infrastructure:
                annotations:
                  l-3-4-gateway-api-poc/networks: '[{"name":"inside","interface":"net1"}]'
              listeners: [{name: all, port: 4000, protocol: TCP}]
            """);
        put("""
            apiVersion: v1
            kind: Service
            metadata:
              name: carts
              namespace: shop
              uid: uid-carts
              labels: {service.kubernetes.io/service-proxy-name: blue}
            spec:
              selector: {app: carts, l-3-4-gateway-api-poc/dummy-service-selector: "true"}
            """);
        target("");
        gatewayPod("1");
        report("1", "");
    }

    void put(String yaml) {
        HasMetadata object = YAML.unmarshal(yaml);
        objects.put(object.getKind() + "/" + object.getMetadata().getName(), object);
    }

    void remove(String kindAndName) {
        if (objects.remove(kindAndName) == null) {
            throw new IllegalArgumentException("no " + kindAndName);
        }
    }

    /** The API server has a newer version of an object. */
    void written(String kindAndName) {
        var metadata = Objects.requireNonNull(objects.get(kindAndName)).getMetadata();
        metadata.setResourceVersion(metadata.getResourceVersion() + "0");
    }

    /** Becomes the other cluster. */
    void copyFrom(ExampleCluster other) {
        objects.clear();
        objects.putAll(other.objects);
    }

    List<HasMetadata> objects() {
        return List.copyOf(objects.values());
    }

    Snapshot snapshot() {
        return Snapshot.of(objects.values().toArray(HasMetadata[]::new));
    }

    /** The route with these VIPs, as {@code "20.0.0.1/32", "40.0.0.1/32"}. */
    void route(String quotedVips) {
        put("""
            apiVersion: l34.gateway.api.poc/v1alpha1
            kind: L34Route
            metadata: {name: all, namespace: shop, uid: uid-route, creationTimestamp: "2026-01-01T00:00:00Z"}
            spec:
              parentRefs: [{name: blue}]
              backendRefs: [{name: carts}]
              priority: 1
              destinationCIDRs: [%s]
              sourceCIDRs: ["0.0.0.0/0", "::/0"]
              sourcePorts: ["0-65535"]
              destinationPorts: ["4000"]
              protocols: [TCP]
            """.formatted(quotedVips));
    }

    /** The target, with further lines of YAML for its metadata. */
    void target(String metadata) {
        target("a", "10.0.0.7", metadata);
    }

    /** A further target {@code carts-N} on this node, with the address 10.0.1.N. */
    void target(int number) {
        target(Integer.toString(number), "10.0.1." + number, "");
    }

    private void target(String suffix, String address, String metadata) {
        put("""
            apiVersion: v1
            kind: Pod
            metadata:
              name: carts-%1$s
              namespace: shop
              uid: uid-%1$s
              resourceVersion: "1"
              labels: {app: carts}
            %3$s
            spec:
              nodeName: node-a
              readinessGates: [{conditionType: l-3-4-gateway-api-poc/attached}]
            status:
              phase: Running
              podIPs: [{ip: %2$s}]
            """.formatted(suffix, address, metadata.indent(2)));
    }

    void gatewayPod(String number) {
        put("""
            apiVersion: v1
            kind: Pod
            metadata:
              name: blue-%1$s
              namespace: shop
              uid: uid-blue-%1$s
              labels: {service.kubernetes.io/service-proxy-name: blue}
            spec: {nodeName: node-b}
            status: {phase: Running}
            """.formatted(number));
    }

    /** The report of a gateway pod with a default route, which sends these quoted VIPs to the target. */
    void report(String number, String quotedVips) {
        put("""
            apiVersion: l34.gateway.api.poc/v1alpha1
            kind: GatewayReport
            metadata: {name: blue-%1$s, namespace: shop}
            spec:
              gateway: {namespace: shop, name: blue, uid: uid-blue}
              podUID: uid-blue-%1$s
              observedAt: "2026-01-01T00:00:00Z"
              programmed: true
              addresses: [10.1.0.%1$s]
              defaultRoutes: [IPv4]
              targets: [{podUID: uid-a, vips: [%2$s]}]
            """.formatted(number, quotedVips));
    }
}
