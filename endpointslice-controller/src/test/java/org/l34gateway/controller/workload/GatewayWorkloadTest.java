// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.api.Names;
import org.l34gateway.controller.Fixtures;
import org.l34gateway.routing.GatewayDecision;

class GatewayWorkloadTest {
    private static final Path GOLDEN = Path.of(System.getProperty("l34.root", ".."))
            .resolve("endpointslice-controller/src/test/resources/org/l34gateway/controller/workload/gateway.yaml");

    private static GatewayDecision decision(Gateway gateway) {
        return Fixtures.decision(gateway, List.of());
    }

    private static List<HasMetadata> objects(Gateway gateway) {
        return GatewayWorkload.of(decision(gateway), Fixtures.SETTINGS) instanceof GatewayWorkload.Wanted wanted
                ? wanted.objects()
                : List.of();
    }

    private static Deployment deployment(Gateway gateway) {
        return objects(gateway).stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static Gateway with(String annotation, String value) {
        return new GatewayBuilder(Fixtures.gateway("gw"))
                .editSpec()
                .editInfrastructure()
                .addToAnnotations(annotation, value)
                .endInfrastructure()
                .endSpec()
                .build();
    }

    /** {@code ./l34 golden} rewrites the file. */
    @Test
    void the_references_gateway_becomes_these_objects() throws IOException {
        KubernetesSerialization yaml = new KubernetesSerialization();
        StringBuilder text = new StringBuilder("# SPDX-License-Identifier: Apache-2.0\n");
        objects(Fixtures.gateway("my-stateless-lb-gateway")).forEach(object -> text.append(yaml.asYaml(object)));
        if ("update".equals(System.getProperty("golden"))) {
            Files.writeString(GOLDEN, text);
        }
        assertThat(text.toString()).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void labels_of_the_user_reach_the_pods_and_never_break_the_selector() {
        Gateway gateway = new GatewayBuilder(Fixtures.gateway("gw"))
                .editSpec()
                .editInfrastructure()
                .withLabels(Map.of("app", "mine", "team", "edge", GatewayWorkload.WORKLOAD_LABEL, "stolen"))
                .endInfrastructure()
                .endSpec()
                .build();
        Deployment deployment = deployment(gateway);
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(labels).containsEntry("app", "mine").containsEntry("team", "edge");
        assertThat(labels)
                .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
        assertThat(labels)
                .as("anti-affinity (D2)")
                .containsAllEntriesOf(deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getAffinity()
                        .getPodAntiAffinity()
                        .getRequiredDuringSchedulingIgnoredDuringExecution()
                        .getFirst()
                        .getLabelSelector()
                        .getMatchLabels());
    }

    @Test
    void a_gateway_without_infrastructure_is_impossible_and_no_crash() {
        Gateway bare = new GatewayBuilder(Fixtures.gateway("gw"))
                .editSpec()
                .withInfrastructure(null)
                .endSpec()
                .build();
        assertThat(GatewayWorkload.of(decision(bare), Fixtures.SETTINGS))
                .isInstanceOf(GatewayWorkload.Impossible.class);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "64, 64"})
    void the_number_of_gateway_pods_can_be_said(String text, int replicas) {
        assertThat(deployment(with(GatewayWorkload.REPLICAS_ANNOTATION, text))
                        .getSpec()
                        .getReplicas())
                .isEqualTo(replicas);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65", "-1", "two", "2.5", "007"})
    void a_number_that_is_none_is_told(String text) {
        assertThat(GatewayWorkload.of(decision(with(GatewayWorkload.REPLICAS_ANNOTATION, text)), Fixtures.SETTINGS))
                .isInstanceOfSatisfying(
                        GatewayWorkload.Impossible.class,
                        impossible -> assertThat(impossible.why().message())
                                .contains(GatewayWorkload.REPLICAS_ANNOTATION, "1..64"));
    }

    /** A changed template makes all pods anew. */
    @Test
    void what_pods_follow_while_they_run_is_not_in_their_template() {
        Deployment usual = deployment(Fixtures.gateway("gw"));
        Deployment off = deployment(with(Names.FAST_PATH_ANNOTATION, "off"));
        assertThat(off.getMetadata().getAnnotations()).containsEntry(Names.FAST_PATH_ANNOTATION, "off");
        assertThat(off.getSpec()).isEqualTo(usual.getSpec());
    }

    @Test
    void the_agent_may_load_programs_only_if_it_is_to() {
        assertThat(agentCapabilities("nftables")).containsExactly("NET_ADMIN");
        assertThat(agentCapabilities("ebpf")).containsExactly("NET_ADMIN", "BPF");
    }

    private static List<String> agentCapabilities(String fastPath) {
        return deployment(with(Names.FAST_PATH_ANNOTATION, fastPath))
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getSecurityContext()
                .getCapabilities()
                .getAdd();
    }

    @Test
    void networks_that_cannot_be_read_are_told() {
        assertThat(GatewayWorkload.of(decision(with(Names.MULTUS_NETWORKS, "[{")), Fixtures.SETTINGS))
                .isInstanceOf(GatewayWorkload.Impossible.class);
    }

    @Test
    void the_short_form_of_networks_is_understood_and_unnamed_interfaces_are_counted() {
        String networks = deployment(with(Names.MULTUS_NETWORKS, "vlan-200, other/macvlan@net.7"))
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getAnnotations()
                .get(Names.MULTUS_NETWORKS);
        assertThat(networks)
                .contains("\"namespace\":\"other\"")
                .contains("net.ipv4.conf.net1.rp_filter", "net.ipv4.conf.net/7.rp_filter");
    }

    @Test
    void names_fit_labels_and_stay_different() {
        String longName = "g".repeat(250);
        assertThat(WorkloadName.of("gw")).isEqualTo("stateless-load-balancer-gw");
        assertThat(WorkloadName.of(longName + "a")).hasSize(63).isNotEqualTo(WorkloadName.of(longName + "b"));
        assertThat(WorkloadName.of("a".repeat(30) + "." + "b".repeat(30))).matches("[a-z0-9.-]*[a-z0-9]-[0-9a-f]{8}");
        assertThat(deployment(Fixtures.gateway(longName)).getMetadata().getLabels())
                .doesNotContainKey(Names.GATEWAY_LABEL)
                .allSatisfy((_, value) -> assertThat(value).hasSizeLessThanOrEqualTo(63));
    }
}
