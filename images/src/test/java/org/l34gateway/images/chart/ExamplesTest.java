// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.images.Images;

/** The chart target-application and the manifests in examples/, which name each other. */
class ExamplesTest {
    private static final String MAIN = "examples/stateless/stateless-load-balancer-gateway-api.yaml";

    private static Path chart() {
        return Manifests.root().resolve("charts/target-application");
    }

    private static Manifests render(String... values) throws Exception {
        return Manifests.parse(Charts.render(chart(), "targets", "default", values));
    }

    @Test
    void helm_has_nothing_against_the_target_chart() {
        assertThat(Charts.lint(chart())).isEmpty();
    }

    @Test
    void four_unprivileged_pods_of_this_build_are_the_default() throws Exception {
        var deployment = render().ofKind("Deployment").getFirst();
        JsonNode pod = deployment.at("/spec/template/spec");
        assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(4);
        assertThat(pod.at("/containers/0/image").asText())
                .isEqualTo(Images.reference(Images.LOCAL, "target-application"));
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/containers/0/securityContext/capabilities").toString())
                .isEqualTo("{\"drop\":[\"ALL\"]}");
        assertThat(deployment
                        .at("/spec/template/metadata/annotations/k8s.v1.cni.cncf.io~1networks")
                        .asText())
                .isEqualTo("[{\"name\":\"macvlan-nad\",\"interface\":\"net1\"}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "applicationName: B | at '/applicationName'",
                "replica: 4 | additional properties 'replica' not allowed",
                "drainSeconds: 0 | at '/drainSeconds': minimum: got 0, want 1",
            })
    void a_wrong_value_is_refused_with_its_path(String values, String message) {
        assertThatThrownBy(() -> render(values))
                .isInstanceOf(RefusedChart.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {MAIN, "examples/stateless/dual-stack/gateway.yaml"})
    void the_service_selects_the_pods_of_values_b_and_the_route_names_service_and_gateway(String file)
            throws Exception {
        var manifests = Manifests.file(file);
        var pod = render(Manifests.text("examples/stateless/values/b.yaml"))
                .ofKind("Deployment")
                .getFirst()
                .at("/spec/template/metadata");
        var gateway = manifests.ofKind("Gateway").getFirst();
        var service = manifests.ofKind("Service").getFirst();
        var route = manifests.ofKind("L34Route").getFirst();
        assertThat(service.at("/spec/selector/app")).isEqualTo(pod.at("/labels/app"));
        assertThat(route.at("/spec/backendRefs/0/name").asText()).isEqualTo(Manifests.name(service));
        assertThat(route.at("/spec/parentRefs/0/name").asText()).isEqualTo(Manifests.name(gateway));
        var labelled = new ArrayList<>(manifests.ofKind("GatewayRouter"));
        labelled.add(service);
        for (var object : labelled)
            assertThat(object.at("/metadata/labels/service.kubernetes.io~1service-proxy-name")
                            .asText())
                    .isEqualTo(Manifests.name(gateway));
        // Gateway and targets meet on the network that the Gateway says.
        assertThat(pod.at("/annotations/k8s.v1.cni.cncf.io~1networks").asText())
                .isEqualTo(infrastructure(gateway, "l-3-4-gateway-api-poc/networks"));
    }

    @ParameterizedTest
    @CsvSource({
        MAIN + "," + MAIN,
        MAIN + ",examples/stateless/lab/networks.yaml",
        "examples/stateless/dual-stack/gateway.yaml,examples/stateless/dual-stack/networks.yaml",
        "examples/stateless/dual-stack/gateway.yaml,examples/stateless/dual-stack/networks-lab.yaml",
    })
    void every_network_of_the_gateway_is_defined_and_its_configuration_is_json(String gatewayFile, String networks)
            throws Exception {
        var definitions = Manifests.file(networks).ofKind("NetworkAttachmentDefinition");
        var json = new ObjectMapper();
        for (var definition : definitions) {
            var config = json.readTree(definition.at("/spec/config").asText());
            assertThat(config.path("name").asText()).isEqualTo(Manifests.name(definition));
            assertThat(config.at("/ipam/type").asText()).isEqualTo("whereabouts");
        }
        var gateway = Manifests.file(gatewayFile).ofKind("Gateway").getFirst();
        var elements = json.readTree(infrastructure(gateway, "k8s.v1.cni.cncf.io/networks"));
        assertThat(elements).hasSize(2);
        for (var element : elements)
            assertThat(definitions)
                    .extracting(Manifests::name)
                    .contains(element.path("name").asText());
        var interfaces = elements.findValuesAsText("interface");
        for (var router : Manifests.file(gatewayFile).ofKind("GatewayRouter"))
            assertThat(interfaces).contains(router.at("/spec/interface").asText());
    }

    @Test
    void the_update_changes_nothing_but_the_addresses() throws Exception {
        var before = Manifests.file(MAIN).ofKind("L34Route").getFirst();
        var after = Manifests.file("examples/stateless/stateless-load-balancer-gateway-api-update.yaml")
                .ofKind("L34Route")
                .getFirst();
        assertThat(addresses(before)).containsExactly("20.0.0.1/32");
        assertThat(addresses(after)).containsExactly("20.0.0.1/32", "40.0.0.1/32");
        ((ObjectNode) before.path("spec")).set("destinationCIDRs", after.at("/spec/destinationCIDRs"));
        assertThat(after).isEqualTo(before);
    }

    private static List<String> addresses(JsonNode route) {
        var addresses = new ArrayList<String>();
        route.at("/spec/destinationCIDRs").forEach(address -> addresses.add(address.asText()));
        return addresses;
    }

    private static String infrastructure(JsonNode gateway, String annotation) {
        return gateway.at("/spec/infrastructure/annotations").path(annotation).asText();
    }
}
