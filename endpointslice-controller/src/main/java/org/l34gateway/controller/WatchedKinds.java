// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.api.NodeReport;
import org.l34gateway.controller.workload.GatewayWorkload;
import org.l34gateway.runtime.snapshot.Trim;
import org.l34gateway.runtime.snapshot.Watched;

/** What the controller watches, in the whole cluster. */
final class WatchedKinds {
    /** The CRD whose annotation says which Gateway API is installed. */
    static final String GATEWAY_CRD = "gateways.gateway.networking.k8s.io";

    /** Kinds that make up a Gateway's workload. */
    static final List<Class<? extends HasMetadata>> WORKLOAD = List.of(
            ServiceAccount.class,
            RoleBinding.class,
            ClusterRoleBinding.class,
            PodDisruptionBudget.class,
            Deployment.class);

    private WatchedKinds() {}

    static List<Watched<?>> all() {
        return List.of(
                Watched.everywhere(GatewayClass.class),
                Watched.everywhere(Gateway.class),
                Watched.everywhere(L34Route.class),
                Watched.everywhere(GatewayRouter.class),
                Watched.everywhere(GatewayReport.class),
                Watched.everywhere(NodeReport.class),
                Watched.everywhere(Service.class).withLabels(Names.GATEWAY_LABEL),
                Watched.everywhere(EndpointSlice.class).withLabels(Names.MANAGED_BY_LABEL + "=" + Names.MANAGED_BY),
                Watched.everywhere(Pod.class).trimmedBy(Trim.podSkeleton()),
                Watched.everywhere(Node.class).trimmedBy(WatchedKinds::keepBootId),
                Watched.everywhere(CustomResourceDefinition.class)
                        .withField("metadata.name", GATEWAY_CRD)
                        .trimmedBy(WatchedKinds::keepMetadata),
                workload(ServiceAccount.class),
                workload(RoleBinding.class),
                workload(ClusterRoleBinding.class),
                workload(PodDisruptionBudget.class),
                workload(Deployment.class));
    }

    private static <T extends HasMetadata> Watched<T> workload(Class<T> kind) {
        return Watched.everywhere(kind).withLabels(GatewayWorkload.WORKLOAD_LABEL);
    }

    private static void keepBootId(Node node) {
        Trim.metadata().trim(node);
        if (node.getStatus() != null) {
            node.setStatus(new NodeStatusBuilder()
                    .withNodeInfo(node.getStatus().getNodeInfo())
                    .build());
        }
    }

    private static void keepMetadata(CustomResourceDefinition definition) {
        Trim.metadata().trim(definition);
        definition.setSpec(new CustomResourceDefinitionSpec());
        definition.setStatus(null);
    }
}
