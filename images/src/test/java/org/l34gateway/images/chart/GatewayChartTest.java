// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.images.Images;

/** The chart l34-gateway, with all switches in all positions. */
class GatewayChartTest {
    private static final Set<String> WITHOUT_NAMESPACE = Set.of(
            "ClusterRole",
            "ClusterRoleBinding",
            "CustomResourceDefinition",
            "GatewayClass",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding");
    private static final List<String> SWITCHES = List.of(
            "crds: {enabled: %s}",
            "crds: {keep: %s}",
            "gatewayClasses: {create: %s}",
            "networks: {create: %s}",
            "webhook: {certManager: {enabled: %s}}",
            "detach: %s");

    private static Path chart() {
        return Manifests.root().resolve("charts/l34-gateway");
    }

    private static Manifests render(String... values) throws IOException {
        return Manifests.parse(Charts.render(chart(), "edge", "l34-system", values));
    }

    static Stream<List<String>> positions() {
        return Stream.iterate(0, i -> i + 1).limit(1 << SWITCHES.size()).map(bits -> {
            var values = new ArrayList<String>();
            for (int i = 0; i < SWITCHES.size(); i++) values.add(SWITCHES.get(i).formatted((bits >> i & 1) == 1));
            return values;
        });
    }

    @Test
    void helm_has_nothing_against_it() {
        assertThat(Charts.lint(chart())).isEmpty();
    }

    @Test
    void it_installs_the_images_of_this_build() throws Exception {
        for (var workload : workloads(render())) {
            assertThat(workload.at("/spec/template/spec/containers/0/image").asText())
                    .isEqualTo(Images.reference(Images.LOCAL, "l34-gateway"));
        }
    }

    @Test
    void with_detach_agents_take_everything_away_and_pods_get_nothing_new() throws Exception {
        assertThat(agentsArguments(render())).noneMatch(argument -> argument.startsWith("--detach"));
        assertThat(agentsArguments(render("detach: true"))).contains("--detach=true");
        assertThat(hooks(render())).contains("attachments.l34.gateway.api.poc");
        assertThat(hooks(render("detach: true"))).containsExactly("gateways.l34.gateway.api.poc");
    }

    private static List<String> agentsArguments(Manifests manifests) {
        var arguments = new ArrayList<String>();
        for (var object : manifests.objects()) {
            if (object.path("kind").asText().equals("DaemonSet")) {
                object.at("/spec/template/spec/containers/0/args").forEach(each -> arguments.add(each.asText()));
            }
        }
        return arguments;
    }

    private static List<String> hooks(Manifests manifests) {
        var names = new ArrayList<String>();
        for (var object : manifests.objects()) {
            object.path("webhooks").forEach(hook -> names.add(hook.path("name").asText()));
        }
        return names;
    }

    @ParameterizedTest
    @MethodSource("positions")
    void every_object_is_of_the_release_and_stands_once(List<String> values) throws Exception {
        var seen = new HashSet<String>();
        for (var object : render(values.toArray(String[]::new)).objects()) {
            String kind = object.path("kind").asText();
            assertThat(seen.add(kind + "/" + Manifests.name(object)))
                    .as(Manifests.name(object))
                    .isTrue();
            assertThat(object.at("/metadata/namespace").asText())
                    .as("namespace of %s %s", kind, Manifests.name(object))
                    .isEqualTo(WITHOUT_NAMESPACE.contains(kind) ? "" : "l34-system");
            var labels = object.at("/metadata/labels");
            assertThat(labels.path("app.kubernetes.io/instance").asText()).isEqualTo("edge");
            for (String label : List.of("name", "component", "version", "part-of", "managed-by"))
                assertThat(labels.has("app.kubernetes.io/" + label))
                        .as(kind + " " + label)
                        .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("positions")
    void a_switch_makes_its_objects_and_no_others(List<String> values) throws Exception {
        var objects = render(values.toArray(String[]::new));
        boolean certManager = values.get(4).contains("true");
        assertThat(objects.ofKind("CustomResourceDefinition"))
                .hasSize(values.get(0).contains("true") ? 4 : 0);
        for (var crd : objects.ofKind("CustomResourceDefinition"))
            assertThat(crd.at("/metadata/annotations").has("helm.sh/resource-policy"))
                    .isEqualTo(values.get(1).contains("true"));
        assertThat(objects.ofKind("GatewayClass")).hasSize(values.get(2).contains("true") ? 2 : 0);
        assertThat(objects.ofKind("NetworkAttachmentDefinition"))
                .hasSize(values.get(3).contains("true") ? 2 : 0);
        assertThat(objects.ofKind("Certificate")).hasSize(certManager ? 1 : 0);
        assertThat(objects.ofKind("Secret")).hasSize(certManager ? 0 : 1);
    }

    @Test
    void two_releases_share_nothing_but_what_a_cluster_has_once() throws Exception {
        String once = "crds: {enabled: false}\ngatewayClasses: {create: false}";
        var first = names(Charts.render(chart(), "edge", "one", once));
        assertThat(first).doesNotContainAnyElementsOf(names(Charts.render(chart(), "edge", "two", once)));
        assertThat(first).doesNotContainAnyElementsOf(names(Charts.render(chart(), "core", "one", once)));
    }

    private static Set<String> names(String yaml) throws IOException {
        var names = new HashSet<String>();
        for (var object : Manifests.parse(yaml).objects()) {
            // Networks are found by namespace and name, as pods name them.
            if (object.path("kind").asText().equals("NetworkAttachmentDefinition")) continue;
            names.add(object.path("kind").asText() + " "
                    + object.at("/metadata/namespace").asText() + " " + Manifests.name(object));
        }
        return names;
    }

    @Test
    void no_role_has_a_wildcard_or_reads_secrets_that_it_does_not_name() throws Exception {
        var objects = render();
        var roles = new ArrayList<>(objects.ofKind("ClusterRole"));
        roles.addAll(objects.ofKind("Role"));
        assertThat(roles).hasSize(7);
        for (var role : roles) {
            for (var rule : role.path("rules")) {
                String text = rule.toString();
                assertThat(text).doesNotContain("*").doesNotContain("escalate").doesNotContain("impersonate");
                if (text.contains("\"secrets\"") || text.contains("\"bind\""))
                    assertThat(rule.path("resourceNames").size()).as(text).isPositive();
            }
        }
    }

    private JsonNode clusterRole(String name) throws Exception {
        return render().ofKind("ClusterRole").stream()
                .filter(each -> Manifests.name(each).equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_gateway_pod_reads_what_the_others_report_and_writes_nothing_else() throws Exception {
        for (var rule : clusterRole("l34-system:edge:gateway").path("rules")) {
            assertThat(rule.path("verbs").toString())
                    .as(rule.toString())
                    .isEqualTo(
                            rule.path("resources").toString().equals("[\"gatewayreports\"]")
                                    ? "[\"get\",\"list\",\"watch\",\"create\",\"patch\"]"
                                    : "[\"get\",\"list\",\"watch\"]");
        }
    }

    @Test
    void a_node_agent_writes_reports_conditions_and_events_and_nothing_else() throws Exception {
        JsonNode role = clusterRole("l34-system:edge:node-agent");
        for (var rule : role.path("rules")) {
            assertThat(rule.path("verbs").toString())
                    .as(rule.toString())
                    .isEqualTo(
                            switch (rule.path("resources").toString()) {
                                case "[\"nodereports\"]" -> "[\"get\",\"list\",\"watch\",\"create\",\"patch\"]";
                                case "[\"pods/status\"]" -> "[\"patch\"]";
                                case "[\"events\"]" -> "[\"create\"]";
                                default -> "[\"get\",\"list\",\"watch\"]";
                            });
        }
        assertThat(role.path("rules").toString()).contains("\"events\"", "\"pods/status\"");
    }

    @Test
    void every_binding_has_its_role_and_its_account() throws Exception {
        var objects = render();
        for (String scope : List.of("Cluster", "")) {
            for (var binding : objects.ofKind(scope + "RoleBinding")) {
                assertThat(objects.ofKind(scope + "Role"))
                        .extracting(Manifests::name)
                        .contains(binding.at("/roleRef/name").asText());
                assertThat(objects.ofKind("ServiceAccount"))
                        .extracting(Manifests::name)
                        .contains(binding.at("/subjects/0/name").asText());
            }
        }
    }

    @Test
    void only_node_agents_have_capabilities_and_paths_of_the_node() throws Exception {
        for (var workload : workloads(render())) {
            JsonNode pod = workload.at("/spec/template/spec");
            JsonNode container = pod.at("/containers/0/securityContext");
            assertThat(pod.has("hostNetwork") || pod.has("hostPID") || pod.has("hostIPC"))
                    .isFalse();
            assertThat(container.has("privileged")).isFalse();
            assertThat(container.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(container.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            boolean agent = workload.path("kind").asText().equals("DaemonSet");
            assertThat(container.at("/capabilities/add").toString())
                    .isEqualTo(agent ? "[\"NET_ADMIN\",\"SYS_ADMIN\"]" : "");
            assertThat(pod.toString().contains("hostPath")).isEqualTo(agent);
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isEqualTo(!agent);
        }
    }

    @Test
    void the_webhook_never_waits_long_and_never_holds_up_application_pods() throws Exception {
        var webhooks =
                render().ofKind("MutatingWebhookConfiguration").getFirst().path("webhooks");
        assertThat(webhooks).hasSize(2);
        for (var webhook : webhooks) {
            assertThat(webhook.path("timeoutSeconds").asInt()).isEqualTo(2);
            assertThat(webhook.at("/namespaceSelector/matchExpressions/0/values")
                            .toString())
                    .contains("kube-system");
            assertThat(webhook.at("/failurePolicy").asText())
                    .isEqualTo(webhook.at("/objectSelector").has("matchLabels") ? "Fail" : "Ignore");
        }
    }

    @Test
    void selectors_and_references_meet_their_pods() throws Exception {
        var objects = render();
        for (var workload : workloads(objects)) {
            JsonNode labels = workload.at("/spec/template/metadata/labels");
            workload.at("/spec/selector/matchLabels")
                    .properties()
                    .forEach(label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
            assertThat(objects.ofKind("ServiceAccount"))
                    .extracting(Manifests::name)
                    .contains(workload.at("/spec/template/spec/serviceAccountName")
                            .asText());
        }
        var service = objects.ofKind("Service").getFirst();
        var webhook = objects.ofKind("MutatingWebhookConfiguration").getFirst();
        assertThat(webhook.at("/webhooks/0/clientConfig/service/name").asText()).isEqualTo(Manifests.name(service));
    }

    @Test
    void plugins_and_node_agent_keep_their_records_in_one_place() throws Exception {
        var objects = render("nodeAgent: {dataDir: /data/l34}");
        for (var network : objects.ofKind("NetworkAttachmentDefinition"))
            assertThat(network.at("/spec/config").asText()).contains("\"dataDir\":\"/data/l34/attachments\"");
        JsonNode pod = objects.ofKind("DaemonSet").getFirst().at("/spec/template/spec");
        assertThat(pod.at("/containers/0/args").toString()).contains("--data-dir=/data/l34");
        assertThat(pod.at("/containers/0/volumeMounts").toString()).contains("\"mountPath\":\"/data/l34\"");
        assertThat(pod.path("volumes").toString()).contains("\"path\":\"/data/l34\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "webhok: {replicas: 2} | additional properties 'webhok' not allowed",
                "webhook: {replica: 2} | at '/webhook': additional properties 'replica' not allowed",
                "controller: {replicas: 0} | at '/controller/replicas': minimum: got 0, want 1",
                "controller: {replicas: two} | at '/controller/replicas': got string, want integer",
                "images: {tag: latest} | at '/images/tag': 'not' failed",
                "images: {pullPolicy: Sometimes} | at '/images/pullPolicy': value must be one of",
                "images: {gatewayDigest: 1234} | at '/images/gatewayDigest'",
                "nodeAgent: {cniBinDir: opt/cni/bin} | at '/nodeAgent/cniBinDir': 'opt/cni/bin' does not match pattern",
                "nodeAgent: {netnsDir: /run/../etc/} | at '/nodeAgent/netnsDir'",
                "webhook: {timeoutSeconds: 31} | at '/webhook/timeoutSeconds': maximum: got 31, want 30",
                "webhook: {excludedNamespaces: []} | at '/webhook/excludedNamespaces': minItems: got 0, want 1",
                "crds: {keep: perhaps} | at '/crds/keep': got string, want boolean",
            })
    void a_wrong_value_is_refused_with_its_path(String values, String message) {
        assertThatThrownBy(() -> render(values))
                .isInstanceOf(RefusedChart.class)
                .hasMessageContaining(message);
    }

    private static List<JsonNode> workloads(Manifests objects) {
        var workloads = new ArrayList<>(objects.ofKind("Deployment"));
        workloads.addAll(objects.ofKind("DaemonSet"));
        assertThat(workloads).hasSize(3);
        return workloads;
    }
}
