// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.NodeReport;
import org.l34gateway.controller.workload.WorkloadSettings;
import org.l34gateway.routing.Cluster;
import org.l34gateway.routing.GatewayDecision;

/** Objects as users, Kubernetes and our agents write them, in namespace {@code shop}: YAML read by the production client. */
public final class Fixtures {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    public static final WorkloadSettings SETTINGS = new WorkloadSettings(
            "l34/gateway:1",
            "l34/bird:1",
            "IfNotPresent",
            List.of(),
            "l34-system",
            "l34-gateway",
            "l34-gateway-cluster");

    private Fixtures() {}

    public static <T extends HasMetadata> T read(Class<T> type, String yaml) {
        T object = YAML.unmarshal(yaml, type);
        if (object.getMetadata().getUid() == null) {
            object.getMetadata().setUid("uid-" + object.getMetadata().getName());
        }
        return object;
    }

    private static <T extends HasMetadata> T inShop(Class<T> type, String yaml) {
        T object = read(type, yaml);
        object.getMetadata().setNamespace("shop");
        return object;
    }

    /** The reference's Gateway of PoC 2. */
    public static Gateway gateway(String name) {
        return inShop(Gateway.class, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: %s, generation: 3, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec:
                  gatewayClassName: l-3-4-gateway-api-poc/stateless-load-balancer
                  infrastructure:
                    annotations:
                      k8s.v1.cni.cncf.io/networks: '[{"name":"vlan-200","interface":"vlan-200"},{"name":"macvlan-nad-2","interface":"net2"}]'
                      l-3-4-gateway-api-poc/networks: '[{"name":"macvlan-nad-2","interface":"net2"}]'
                  listeners: [{name: all, protocol: TCP, port: 4000}]
                """.formatted(name));
    }

    public static GatewayClass gatewayClass(String name, String controller) {
        return read(GatewayClass.class, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: GatewayClass
                metadata: {name: %s, generation: 1}
                spec: {controllerName: %s}
                """.formatted(name, controller));
    }

    public static Service service(String name, String gateway) {
        return inShop(Service.class, """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, labels: {service.kubernetes.io/service-proxy-name: %s}}
                spec:
                  clusterIP: None
                  selector: {app: %s, l-3-4-gateway-api-poc/dummy-service-selector: "true"}
                """.formatted(name, gateway, name));
    }

    public static L34Route route(String name, String gateway, String service, String... vips) {
        return inShop(L34Route.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: L34Route
                metadata: {name: %s, generation: 2, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec:
                  parentRefs: [{name: %s}]
                  backendRefs: [{name: %s, port: 4000}]
                  priority: 1
                  protocols: [TCP]
                  destinationCIDRs: ['%s']
                """.formatted(name, gateway, service, String.join("', '", vips)));
    }

    public static GatewayRouter router(String name, String gateway, String spec) {
        return inShop(GatewayRouter.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: GatewayRouter
                metadata: {name: %s, generation: 1, labels: {service.kubernetes.io/service-proxy-name: %s}}
                spec: {address: 169.254.100.150, interface: vlan-200, %s}
                """.formatted(name, gateway, spec));
    }

    /** A running, ready pod on node-a with the label {@code app: APP} and these addresses on macvlan-nad-2. */
    public static Pod target(String name, String app, String... addresses) {
        return inShop(Pod.class, """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  creationTimestamp: "2026-01-01T00:00:00Z"
                  labels: {app: %s}
                  annotations:
                    k8s.v1.cni.cncf.io/network-status: '[{"name":"kindnet","ips":["10.0.0.9"]},{"name":"shop/macvlan-nad-2","interface":"net2","ips":["%s"]}]'
                spec: {nodeName: node-a}
                status:
                  phase: Running
                  podIPs: [{ip: 10.0.0.9}]
                  conditions: [{type: Ready, status: "True"}]
                """.formatted(name, app, String.join("\",\"", addresses)));
    }

    public static Pod gatewayPod(String name, String gateway) {
        return inShop(Pod.class, """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {service.kubernetes.io/service-proxy-name: %s}}
                spec: {nodeName: node-a}
                status: {phase: Running, podIPs: [{ip: 10.0.0.8}]}
                """.formatted(name, gateway));
    }

    /** A report of the pod of that name; fields of the spec beside the first three as given. */
    public static GatewayReport gatewayReport(String pod, String gateway, String spec) {
        return inShop(GatewayReport.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: GatewayReport
                metadata: {name: %s, uid: report-%s}
                spec:
                  gateway: {namespace: shop, name: %s, uid: uid-%s}
                  podUID: uid-%s
                  observedAt: "2026-01-01T00:00:00Z"
                %s
                """.formatted(pod, pod, gateway, gateway, pod, spec.indent(2)));
    }

    public static Node node(String name, String bootId) {
        return read(Node.class, """
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                status: {nodeInfo: {bootID: %s}}
                """.formatted(name, bootId));
    }

    /** One pod's entry of a NodeReport. */
    public static String holds(String pod, String podIp, String gateway, String vips, String nextHops) {
        return """
                - namespace: shop
                  name: %s
                  uid: uid-%s
                  sandbox: s1
                  podIPs: [%s]
                  gateways: [{gateway: {namespace: shop, name: %s, uid: uid-%s}, vips: [%s], nextHops: [%s], table: 5000}]
                """.formatted(pod, pod, podIp, gateway, gateway, vips, nextHops);
    }

    public static NodeReport nodeReport(String node, String bootId, String... entries) {
        String pods =
                entries.length == 0 ? " []" : "\n" + String.join("", entries).indent(2);
        return read(NodeReport.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: NodeReport
                metadata: {name: %s, uid: report-%s}
                spec:
                  bootID: %s
                  observedAt: "2026-01-01T00:00:00Z"
                  agentVersion: "1"
                  pods:%s
                """.formatted(node, node, bootId, pods));
    }

    /** The only decision about a cluster of one Gateway. */
    public static GatewayDecision decision(Gateway gateway, List<L34Route> routes, Service... services) {
        return GatewayDecision.all(new Cluster(List.of(), List.of(gateway), routes, List.of(), List.of(services)))
                .getFirst();
    }
}
