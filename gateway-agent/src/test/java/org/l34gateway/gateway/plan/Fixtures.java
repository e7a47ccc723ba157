// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.routing.Cluster;

/**
 * A Gateway {@code shop/gw} with a Service {@code svc}, one route to it for four VIPs, and this pod {@code gw-0}, attached
 * to {@code net2} with 169.111.100.9 and fd00::9.
 */
public final class Fixtures {
    public static final AgentIdentity SELF = new AgentIdentity("shop", "gw", null, "gw-0", "uid-gw-0", "node-a");
    public static final Report.ObjectRef GATEWAY = new Report.ObjectRef("shop", "gw", "uid-gw");
    public static final List<String> VIPS = List.of("20.0.0.1/32", "40.0.0.1/32", "2000::1/128", "4000::1/128");

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

    static Gateway gateway() {
        return read(Gateway.class, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: gw, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec:
                  gatewayClassName: l-3-4-gateway-api-poc/stateless-load-balancer
                  infrastructure:
                    annotations:
                      l-3-4-gateway-api-poc/networks: '[{"name":"macvlan-nad-2","interface":"net2"}]'
                  listeners: [{name: all, protocol: TCP, port: 4000}]
                """);
    }

    private static Service service() {
        return read(Service.class, """
                apiVersion: v1
                kind: Service
                metadata: {name: svc, labels: {service.kubernetes.io/service-proxy-name: gw}}
                spec:
                  clusterIP: None
                  selector: {app: a, l-3-4-gateway-api-poc/dummy-service-selector: "true"}
                """);
    }

    private static L34Route route() {
        return read(L34Route.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: L34Route
                metadata: {name: route, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec:
                  parentRefs: [{name: gw}]
                  backendRefs: [{name: svc, port: 4000}]
                  priority: 1
                  protocols: [TCP]
                  destinationCIDRs: [20.0.0.1/32, 40.0.0.1/32, '2000::1/128', '4000::1/128']
                """);
    }

    static GatewayRouter router(String name, String spec) {
        return read(GatewayRouter.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: GatewayRouter
                metadata: {name: %s, labels: {service.kubernetes.io/service-proxy-name: gw}}
                spec: {%s}
                """.formatted(name, spec));
    }

    static Pod self(String networkStatus) {
        return read(Pod.class, """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: gw-0
                  annotations: {k8s.v1.cni.cncf.io/network-status: '%s'}
                """.formatted(networkStatus));
    }

    static Pod self() {
        return self("""
                [{"name":"cbr0","interface":"eth0","ips":["10.1.0.9"]},\
                {"name":"shop/macvlan-nad-2","interface":"net2","ips":["169.111.100.9","fd00::9"]},\
                {"name":"shop/vlan-100","interface":"net1","ips":["169.254.100.9"]}]""");
    }

    /** A slice with one endpoint per pod; identifiers in the order of the map. */
    private static EndpointSlice slice(Map<String, List<String>> vipsByPod) {
        StringJoiner targets = new StringJoiner(",");
        StringJoiner endpoints = new StringJoiner("\n");
        int id = 0;
        for (var pod : vipsByPod.entrySet()) {
            StringJoiner vips = new StringJoiner("\",\"", "[\"", "\"]").setEmptyValue("[]");
            pod.getValue().forEach(vips::add);
            targets.add("{\"uid\":\"uid-%s\",\"id\":%d,\"vips\":%s}".formatted(pod.getKey(), id, vips));
            endpoints.add(
                    "- {addresses: [169.111.100.%d, 'fd00::1:%d'], conditions: {ready: true}, targetRef: {kind: Pod, namespace: shop, name: %s, uid: uid-%s}}"
                            .formatted(100 + id, id, pod.getKey(), pod.getKey()));
            id++;
        }
        return read(
                EndpointSlice.class, """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: svc-1
                  labels: {kubernetes.io/service-name: svc, endpointslice.kubernetes.io/managed-by: l34-gateway}
                  annotations: {l-3-4-gateway-api-poc/targets: '{"revision":1,"targets":[%s]}'}
                addressType: IPv4
                endpoints:
                %s
                """.formatted(targets, endpoints.length() == 0 ? "  []" : endpoints.toString()));
    }

    /** Pod name → VIPs that it holds; with one router for each family. */
    public static Inputs inputs(Map<String, List<String>> vipsByPod) {
        return inputs(
                vipsByPod,
                router("vpn-b", "address: 169.254.100.150, interface: net1"),
                router("vpn-b6", "address: '100:100::150', interface: net1"));
    }

    static Inputs inputs(Map<String, List<String>> vipsByPod, GatewayRouter... routers) {
        Cluster cluster =
                new Cluster(List.of(), List.of(gateway()), List.of(route()), List.of(routers), List.of(service()));
        return new Inputs(cluster, List.of(slice(vipsByPod)), self(), List.of(), List.of());
    }

    /** With this pod terminating, and serving. */
    public static Inputs draining(Inputs inputs, String pod) {
        List<EndpointSlice> slices = inputs.slices().stream()
                .map(slice -> Serialization.clone(slice))
                .toList();
        slices.forEach(slice -> slice.getEndpoints().stream()
                .filter(endpoint -> endpoint.getTargetRef().getName().equals(pod))
                .forEach(endpoint -> endpoint.setConditions(new EndpointConditions(false, true, true))));
        return new Inputs(inputs.cluster(), slices, inputs.self(), inputs.reports(), inputs.gatewayPods());
    }

    /** With another gateway pod that reaches the targets a and b by IPv4 and has written this version of its report. */
    public static Inputs withPeer(Inputs inputs, int version) {
        GatewayReport report = gatewayReport(
                "gw-1",
                "uid-gw",
                "targets: [{podUID: uid-a, vips: [20.0.0.1/32]}, {podUID: uid-b, vips: [20.0.0.1/32]}]");
        report.getMetadata().setResourceVersion(String.valueOf(version));
        return new Inputs(
                inputs.cluster(), inputs.slices(), inputs.self(), List.of(report), List.of(gatewayPod("gw-1")));
    }

    /** A cluster in which the Gateway is not any more. */
    public static Inputs without(Inputs inputs) {
        Cluster cluster = inputs.cluster();
        return new Inputs(
                new Cluster(List.of(), List.of(), cluster.routes(), cluster.routers(), cluster.services()),
                inputs.slices(),
                inputs.self(),
                inputs.reports(),
                inputs.gatewayPods());
    }

    /** The same with another annotation in the Gateway's infrastructure. */
    public static Inputs with(String annotation, String value, Inputs inputs) {
        Cluster cluster = inputs.cluster();
        Gateway annotated = gateway();
        annotated.getSpec().getInfrastructure().getAnnotations().put(annotation, value);
        return new Inputs(
                new Cluster(List.of(), List.of(annotated), cluster.routes(), cluster.routers(), cluster.services()),
                inputs.slices(),
                inputs.self(),
                inputs.reports(),
                inputs.gatewayPods());
    }

    /** A node with one application pod that holds these VIPs for the Gateway and has these next hops. */
    public static NodeReport node(String pod, List<String> vips, List<String> nextHops) {
        return read(NodeReport.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: NodeReport
                metadata: {name: node-of-%s}
                spec:
                  bootID: boot
                  observedAt: "2026-01-01T00:00:00Z"
                  agentVersion: test
                  pods:
                  - {namespace: shop, name: %s, uid: uid-%s, sandbox: s, podIPs: [], problems: [], gateways: [
                      {gateway: {namespace: shop, name: gw, uid: uid-gw}, table: 5000, vips: [%s], nextHops: [%s]}]}
                """.formatted(pod, pod, pod, quoted(vips), quoted(nextHops)));
    }

    /** A pod of the Gateway. */
    static Pod gatewayPod(String name) {
        return read(Pod.class, """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {service.kubernetes.io/service-proxy-name: gw}}
                status: {phase: Running}
                """.formatted(name));
    }

    /** The report of a pod; fields of the spec beside the first three as given. */
    static GatewayReport gatewayReport(String pod, String gatewayUid, String spec) {
        return read(GatewayReport.class, """
                apiVersion: l34.gateway.api.poc/v1alpha1
                kind: GatewayReport
                metadata: {name: %s, labels: {service.kubernetes.io/service-proxy-name: gw}}
                spec:
                  gateway: {namespace: shop, name: gw, uid: %s}
                  podUID: uid-%s
                  observedAt: "2026-01-01T00:00:00Z"
                %s
                """.formatted(pod, gatewayUid, pod, spec.indent(2)));
    }

    private static String quoted(Collection<String> texts) {
        return texts.isEmpty() ? "" : "'" + String.join("', '", texts) + "'";
    }

    public static SortedSet<IpPrefix> vips(String... texts) {
        SortedSet<IpPrefix> vips = new TreeSet<>();
        for (String text : texts) {
            vips.add(IpPrefix.parse(text));
        }
        return vips;
    }

    public static SortedSet<IpAddress> addresses(String... texts) {
        SortedSet<IpAddress> addresses = new TreeSet<>();
        for (String text : texts) {
            addresses.add(IpAddress.parse(text));
        }
        return addresses;
    }

    /** What a kernel holds that has exactly the wanted program. */
    public static Forwarded inKernel(Wanted wanted) {
        List<Forwarded.Slot> slots = new ArrayList<>();
        wanted.program()
                .groups()
                .forEach(group -> group.targets()
                        .forEach(target -> target.vips()
                                .forEach(vip ->
                                        slots.add(new Forwarded.Slot(group.key() + "/" + target.identifier(), vip)))));
        return new Forwarded(new HashSet<>(slots), wanted.answerVips(), true, List.of());
    }
}
