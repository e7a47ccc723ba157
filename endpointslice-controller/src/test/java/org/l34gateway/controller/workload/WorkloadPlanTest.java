// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.l34gateway.controller.Fixtures;

class WorkloadPlanTest {
    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    private static List<HasMetadata> wanted(String gateway, WorkloadSettings settings) {
        return GatewayWorkload.of(Fixtures.decision(Fixtures.gateway(gateway), List.of()), settings)
                        instanceof GatewayWorkload.Wanted wanted
                ? wanted.objects()
                : List.of();
    }

    private static WorkloadSettings settings(String image, String clusterRole) {
        return new WorkloadSettings(image, "bird:1", "Never", List.of(), "l34-system", "l34-gateway", clusterRole);
    }

    /** The API server after the plan: what was applied, plus defaults and a status. */
    private static List<HasMetadata> applied(WorkloadPlan plan) {
        List<HasMetadata> present = new ArrayList<>();
        for (WorkloadPlan.Change change : plan.changes()) {
            HasMetadata stored = JSON.clone(change.object());
            stored.getMetadata().setResourceVersion("7");
            present.add(
                    stored instanceof Deployment deployment
                            ? new DeploymentBuilder(deployment)
                                    .editSpec()
                                    .withProgressDeadlineSeconds(600)
                                    .endSpec()
                                    .withNewStatus()
                                    .withReadyReplicas(2)
                                    .endStatus()
                                    .build()
                            : stored);
        }
        return present;
    }

    private static List<String> kinds(List<? extends HasMetadata> objects) {
        return objects.stream().map(HasMetadata::getKind).toList();
    }

    private static List<HasMetadata> changed(WorkloadPlan plan) {
        return plan.changes().stream().map(WorkloadPlan.Change::object).toList();
    }

    @Test
    void everything_is_made_in_the_order_in_which_it_is_needed_and_a_second_plan_is_empty() {
        WorkloadPlan first = WorkloadPlan.decide(wanted("gw", Fixtures.SETTINGS), Set.of(), List.of());
        assertThat(kinds(changed(first)))
                .containsExactly(
                        "ServiceAccount", "RoleBinding", "ClusterRoleBinding", "PodDisruptionBudget", "Deployment");
        assertThat(first.changes()).noneMatch(WorkloadPlan.Change::ours);
        WorkloadPlan second = WorkloadPlan.decide(wanted("gw", Fixtures.SETTINGS), Set.of(), applied(first));
        assertThat(second.changes()).isEmpty();
        assertThat(second.deletions()).isEmpty();
    }

    @Test
    void a_new_image_changes_the_deployment_only_and_takes_its_fields() {
        List<HasMetadata> present =
                applied(WorkloadPlan.decide(wanted("gw", settings("gateway:1", "c")), Set.of(), List.of()));
        WorkloadPlan plan = WorkloadPlan.decide(wanted("gw", settings("gateway:2", "c")), Set.of(), present);
        assertThat(kinds(changed(plan))).containsExactly("Deployment");
        assertThat(plan.changes()).allMatch(WorkloadPlan.Change::ours);
    }

    @Test
    void drift_is_noticed() {
        List<HasMetadata> present = applied(WorkloadPlan.decide(wanted("gw", Fixtures.SETTINGS), Set.of(), List.of()));
        present.replaceAll(object -> object instanceof Deployment deployment
                ? new DeploymentBuilder(deployment)
                        .editSpec()
                        .withReplicas(0)
                        .endSpec()
                        .build()
                : object);
        assertThat(kinds(changed(WorkloadPlan.decide(wanted("gw", Fixtures.SETTINGS), Set.of(), present))))
                .containsExactly("Deployment");
    }

    @Test
    void another_role_makes_the_binding_anew() {
        List<HasMetadata> present =
                applied(WorkloadPlan.decide(wanted("gw", settings("g", "old")), Set.of(), List.of()));
        WorkloadPlan plan = WorkloadPlan.decide(wanted("gw", settings("g", "new")), Set.of(), present);
        assertThat(kinds(plan.deletions())).containsExactly("ClusterRoleBinding");
        assertThat(plan.changes()).isEmpty();
    }

    @Test
    void what_no_gateway_wants_goes_and_what_a_gateway_in_trouble_had_stays() {
        List<HasMetadata> present = new ArrayList<>();
        present.addAll(applied(WorkloadPlan.decide(wanted("gone", Fixtures.SETTINGS), Set.of(), List.of())));
        present.addAll(applied(WorkloadPlan.decide(wanted("kept", Fixtures.SETTINGS), Set.of(), List.of())));
        Set<WorkloadPlan.Key> kept = Set.of(new WorkloadPlan.Key("shop", WorkloadName.of("kept")));
        WorkloadPlan plan = WorkloadPlan.decide(List.of(), kept, present);
        assertThat(plan.deletions())
                .hasSize(5)
                .allMatch(object -> object.getMetadata().getName().endsWith("gone"));
    }

    @Test
    void the_stamp_does_not_depend_on_the_order_of_maps() {
        Map<String, String> forward = new LinkedHashMap<>(Map.of("a", "1"));
        forward.put("b", "2");
        Map<String, String> backward = new LinkedHashMap<>(Map.of("b", "2"));
        backward.put("a", "1");
        assertThat(Covering.text(forward)).isEqualTo(Covering.text(backward));
    }
}
