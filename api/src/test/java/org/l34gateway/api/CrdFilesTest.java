// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart's CRDs are what the Java types say. {@code ./l34 golden} rewrites them. */
class CrdFilesTest {
    private static final Path CHART = Path.of(System.getProperty("l34.root"), "charts/l34-gateway/crd-bases");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS));

    @TempDir
    Path generated;

    @ParameterizedTest
    @ValueSource(classes = {GatewayReport.class, GatewayRouter.class, L34Route.class, NodeReport.class})
    void the_chart_holds_the_crd_of_the_type(Class<? extends CustomResource<?, ?>> type) throws IOException {
        String wanted = YAML.writeValueAsString(tidied(generate(type), type));
        Path file = CHART.resolve(CustomResource.getCRDName(type) + ".yaml");
        if ("update".equals(System.getProperty("golden"))) {
            Files.createDirectories(CHART);
            Files.writeString(file, wanted);
        }
        assertThat(file).as("./l34 golden rewrites it").hasContent(wanted);
    }

    private JsonNode generate(Class<? extends CustomResource<?, ?>> type) throws IOException {
        new CRDGenerator()
                .customResourceClasses(type)
                .forCRDVersions("v1")
                .inOutputDir(generated.toFile())
                .detailedGenerate();
        return YAML.readTree(
                generated.resolve(CustomResource.getCRDName(type) + "-v1.yml").toFile());
    }

    private static JsonNode tidied(JsonNode crd, Class<?> type) {
        withoutDoubledRules(crd);
        ObjectNode version = (ObjectNode) crd.at("/spec/versions/0");
        ((ObjectNode) version.at("/schema/openAPIV3Schema"))
                .putArray("required")
                .add("spec");
        inDeclaredOrder((ArrayNode) version.get("additionalPrinterColumns"), type);
        if (version.at("/schema/openAPIV3Schema/properties/status/properties").isMissingNode()) {
            ((ObjectNode) version.at("/schema/openAPIV3Schema/properties")).remove("status");
            version.remove("subresources");
        }
        return crd;
    }

    /** The generator sees a record's component twice, as field and as accessor. */
    private static void withoutDoubledRules(JsonNode node) {
        if (node.get("x-kubernetes-validations") instanceof ArrayNode rules) {
            Set<JsonNode> seen = new HashSet<>();
            rules.removeIf(rule -> !seen.add(rule));
        }
        node.forEach(CrdFilesTest::withoutDoubledRules);
    }

    /** The generator sorts columns by path; kubectl should print them as the type declares them. */
    private static void inDeclaredOrder(ArrayNode columns, Class<?> type) {
        Map<String, JsonNode> byName = new LinkedHashMap<>();
        columns.forEach(column -> byName.put(column.get("name").asText(), column));
        List<JsonNode> ordered = new ArrayList<>();
        for (AdditionalPrinterColumn column : type.getAnnotationsByType(AdditionalPrinterColumn.class)) {
            ordered.add(byName.get(column.name()));
        }
        assertThat(ordered).hasSize(columns.size());
        columns.removeAll();
        columns.addAll(ordered);
    }
}
