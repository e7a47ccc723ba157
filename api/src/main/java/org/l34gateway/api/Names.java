// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

/**
 * Names that users and other programs write into Kubernetes objects. Those of the reference stay as they are (design,
 * decision 15); the others follow the conventions of Kubernetes.
 */
public final class Names {
    /** API group of the custom resources. */
    public static final String GROUP = "l34.gateway.api.poc";

    /** Version of the custom resources. */
    public static final String VERSION = "v1alpha1";

    /** controllerName of Gateways whose pods spread packets without NAT. */
    public static final String STATELESS_CONTROLLER = "l-3-4-gateway-api-poc/stateless-load-balancer";

    /** controllerName of Gateways whose pods translate addresses. */
    public static final String NAT_CONTROLLER = "l-3-4-gateway-api-poc/kpng";

    /** Label that ties a Service or a GatewayRouter to the Gateway of that name in its namespace; on gateway pods too. */
    public static final String GATEWAY_LABEL = "service.kubernetes.io/service-proxy-name";

    /** Label of a Service: how many targets it may have at most, a decimal; {@link #DEFAULT_MAX_ENDPOINTS} if absent. */
    public static final String MAX_ENDPOINTS_LABEL = "l-3-4-gateway-api-poc/service-max-endpoints";

    public static final int DEFAULT_MAX_ENDPOINTS = 100;

    /** Selector entry that makes Kubernetes' own EndpointSlice controller match nothing; dropped before we match. */
    public static final String DUMMY_SELECTOR = "l-3-4-gateway-api-poc/dummy-service-selector";

    /** Label of pods of foreign gateways (Istio) that ask for our containers. */
    public static final String INJECT_LABEL = "l-3-4-gateway-api-poc/kpng-inject";

    /** Annotation in a Gateway's infrastructure: the networks on which targets are reached, as a Multus selection. */
    public static final String NETWORKS_ANNOTATION = "l-3-4-gateway-api-poc/networks";

    /** Annotation in a Gateway's infrastructure: whether packets are sent on as they come in, {@code off}, {@code nftables} or {@code ebpf}. */
    public static final String FAST_PATH_ANNOTATION = "l-3-4-gateway-api-poc/fast-path";

    /** Annotation in a Gateway's infrastructure: how slots are dealt among targets, {@code rendezvous} or {@code maglev}. */
    public static final String SLOT_TABLE_ANNOTATION = "l-3-4-gateway-api-poc/slot-table";

    /** Annotation of our EndpointSlices: identifiers and attached VIPs, see {@link SliceTargets}. */
    public static final String TARGETS_ANNOTATION = "l-3-4-gateway-api-poc/targets";

    /** Readiness gate and pod condition: VIPs, rules and the unreachable route are in the pod's sandbox. */
    public static final String ATTACHED_CONDITION = "l-3-4-gateway-api-poc/attached";

    /** Multus: which networks a pod wants. */
    public static final String MULTUS_NETWORKS = "k8s.v1.cni.cncf.io/networks";

    /** Multus: which networks a pod has. */
    public static final String MULTUS_NETWORK_STATUS = "k8s.v1.cni.cncf.io/network-status";

    /** Name of the NetworkAttachmentDefinition whose plugin holds VIPs on {@code lo}. */
    public static final String VIP_NETWORK = "vip";

    /** Name of the NetworkAttachmentDefinition whose plugin keeps rules, next hops and sysctls. */
    public static final String POLICY_ROUTE_NETWORK = "policy-route";

    /** Standard label of EndpointSlices: the Service they belong to. */
    public static final String SERVICE_NAME_LABEL = "kubernetes.io/service-name";

    /** Standard label of EndpointSlices: who writes them. */
    public static final String MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by";

    /** Our value of {@link #MANAGED_BY_LABEL}, and our field manager. */
    public static final String MANAGED_BY = "l34-gateway";

    /** Standard label of EndpointSlices that kube-proxy leaves alone; its value is empty. */
    public static final String HEADLESS_LABEL = "service.kubernetes.io/headless";

    /** Standard label of gateway pods (GEP-1762): the Gateway's name. */
    public static final String GATEWAY_NAME_LABEL = "gateway.networking.k8s.io/gateway-name";

    private Names() {}
}
