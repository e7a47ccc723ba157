// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.workload;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.attachments.MultusElements;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.GatewayOptions;
import org.l34gateway.routing.Reasons;
import org.l34gateway.routing.Verdict;

/** What runs a Gateway. */
public sealed interface GatewayWorkload {
    /** Label of everything here, with {@link WorkloadName#of} as its value: selector of the pods and of our own watches. */
    String WORKLOAD_LABEL = "l-3-4-gateway-api-poc/gateway";

    /** Annotation in a Gateway's infrastructure: number of gateway pods, 1..64; 2 when absent. */
    String REPLICAS_ANNOTATION = "l-3-4-gateway-api-poc/replicas";

    int DEFAULT_REPLICAS = 2;
    int MAX_REPLICAS = 64;

    /**
     * The objects, complete: ServiceAccount and bindings before the Deployment that needs them.
     *
     * @param replicas of the Deployment
     */
    record Wanted(List<HasMetadata> objects, int replicas) implements GatewayWorkload {
        public Wanted {
            objects = List.copyOf(objects);
        }
    }

    /** Nothing is made or changed; what is there stays, since a slip of the pen should not stop traffic. */
    record Impossible(Verdict why) implements GatewayWorkload {}

    /** The workload of a Gateway without NAT. */
    static GatewayWorkload of(GatewayDecision decision, WorkloadSettings settings) {
        if (!decision.accepted().ok()) {
            return new Impossible(decision.accepted());
        }
        Map<String, String> annotations = GatewayDecision.infrastructureAnnotations(decision.gateway());
        try {
            NetworkSelection networks = NetworkSelection.parse(annotations.get(Names.MULTUS_NETWORKS));
            int replicas = replicas(annotations);
            return new Wanted(new Objects(decision, settings, networks, replicas).all(), replicas);
        } catch (FormatException e) {
            return new Impossible(
                    Verdict.no(Reasons.INVALID_PARAMETERS, "spec.infrastructure.annotations: " + e.getMessage()));
        }
    }

    private static int replicas(Map<String, String> annotations) throws FormatException {
        String text = annotations.getOrDefault(REPLICAS_ANNOTATION, Integer.toString(DEFAULT_REPLICAS));
        if (!text.matches("[1-9][0-9]?") || Integer.parseInt(text) > MAX_REPLICAS) {
            throw new FormatException(REPLICAS_ANNOTATION + " must be 1.." + MAX_REPLICAS + ", got \"" + text + "\"");
        }
        return Integer.parseInt(text);
    }

    /** The objects of one Gateway, which share names, labels and owner. */
    final class Objects {
        private final Gateway gateway;
        private final GatewayDecision decision;
        private final WorkloadSettings settings;
        private final NetworkSelection networks;
        private final int replicas;
        private final String name;
        private final Map<String, String> selector;

        private Objects(GatewayDecision decision, WorkloadSettings settings, NetworkSelection networks, int replicas) {
            this.gateway = decision.gateway();
            this.decision = decision;
            this.settings = settings;
            this.networks = networks;
            this.replicas = replicas;
            this.name = WorkloadName.of(gateway.getMetadata().getName());
            // Not "app": users may set that label in the Gateway's infrastructure (D2).
            this.selector = Map.of(WORKLOAD_LABEL, name);
        }

        private List<HasMetadata> all() {
            return List.of(serviceAccount(), roleBinding(), clusterRoleBinding(), disruptionBudget(), deployment());
        }

        private Deployment deployment() {
            return new DeploymentBuilder()
                    .withMetadata(metadata())
                    .withNewSpec()
                    .withReplicas(replicas)
                    .withRevisionHistoryLimit(3)
                    .withNewSelector()
                    .withMatchLabels(selector)
                    .endSelector()
                    // With one pod per node a surge would wait for a node that is not there.
                    .withNewStrategy()
                    .withType("RollingUpdate")
                    .withNewRollingUpdate()
                    .withMaxSurge(new IntOrString(0))
                    .withMaxUnavailable(new IntOrString(1))
                    .endRollingUpdate()
                    .endStrategy()
                    .withTemplate(GatewayPodTemplate.of(
                            decision.ref(),
                            name,
                            labels(),
                            templateAnnotations(),
                            selector,
                            decision.options().fastPath(),
                            settings))
                    .endSpec()
                    .build();
        }

        private HasMetadata disruptionBudget() {
            return new PodDisruptionBudgetBuilder()
                    .withMetadata(metadata())
                    .withNewSpec()
                    .withMaxUnavailable(new IntOrString(1))
                    .withNewSelector()
                    .withMatchLabels(selector)
                    .endSelector()
                    // A gateway pod that does not work must not keep a node from being drained.
                    .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                    .endSpec()
                    .build();
        }

        private HasMetadata serviceAccount() {
            return new ServiceAccountBuilder().withMetadata(metadata()).build();
        }

        private HasMetadata roleBinding() {
            return new RoleBindingBuilder()
                    .withMetadata(metadata())
                    .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", settings.namespaceRole())
                    .withSubjects(subject())
                    .build();
        }

        /**
         * One for each Gateway, because a single binding with a list of subjects would be one object that every Gateway
         * fights over. It is cluster-scoped and so cannot be owned by the Gateway: the plan deletes it.
         */
        private HasMetadata clusterRoleBinding() {
            ObjectMeta own = new ObjectMetaBuilder()
                    .withName(WorkloadName.clusterRoleBinding(
                            gateway.getMetadata().getNamespace(),
                            gateway.getMetadata().getName()))
                    .withLabels(ownLabels())
                    .build();
            return new ClusterRoleBindingBuilder()
                    .withMetadata(own)
                    .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", settings.clusterRole())
                    .withSubjects(subject())
                    .build();
        }

        private Subject subject() {
            return new SubjectBuilder()
                    .withKind("ServiceAccount")
                    .withNamespace(gateway.getMetadata().getNamespace())
                    .withName(name)
                    .build();
        }

        private ObjectMeta metadata() {
            return new ObjectMetaBuilder()
                    .withNamespace(gateway.getMetadata().getNamespace())
                    .withName(name)
                    .withLabels(labels())
                    .withAnnotations(new TreeMap<>(GatewayDecision.infrastructureAnnotations(gateway)))
                    .withOwnerReferences(new OwnerReferenceBuilder()
                            .withApiVersion(gateway.getApiVersion())
                            .withKind(gateway.getKind())
                            .withName(gateway.getMetadata().getName())
                            .withUid(gateway.getMetadata().getUid())
                            .withController(true)
                            .build())
                    .build();
        }

        /** {@code app} as the reference has it, then the user's labels, then those that something depends on. */
        private Map<String, String> labels() {
            Map<String, String> labels = new TreeMap<>();
            labels.put("app", name);
            Optional.ofNullable(gateway.getSpec().getInfrastructure())
                    .map(infrastructure -> infrastructure.getLabels())
                    .ifPresent(labels::putAll);
            labels.putAll(ownLabels());
            return labels;
        }

        private Map<String, String> ownLabels() {
            Map<String, String> labels = new TreeMap<>(selector);
            labels.put("app.kubernetes.io/managed-by", Names.MANAGED_BY);
            String gatewayName = gateway.getMetadata().getName();
            if (WorkloadName.fitsLabel(gatewayName)) {
                labels.put(Names.GATEWAY_LABEL, gatewayName);
                labels.put(Names.GATEWAY_NAME_LABEL, gatewayName);
            }
            return labels;
        }

        private Map<String, String> templateAnnotations() {
            Map<String, String> annotations = new TreeMap<>(GatewayDecision.infrastructureAnnotations(gateway));
            annotations.keySet().removeAll(GatewayOptions.ANNOTATIONS);
            NetworkSelection.Element sysctls = MultusElements.sysctls(
                    gateway.getMetadata().getNamespace(),
                    gateway.getMetadata().getName(),
                    GatewaySysctls.of(networks),
                    settings.networkNamespace());
            annotations.put(
                    Names.MULTUS_NETWORKS, networks.plus(List.of(sysctls)).toAnnotation());
            return annotations;
        }
    }
}
