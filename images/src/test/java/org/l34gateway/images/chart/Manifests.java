// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Kubernetes objects in YAML, and where the repository's are. */
record Manifests(List<JsonNode> objects) {
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .build());

    static Path root() {
        return Path.of(System.getProperty("l34.root"));
    }

    static Manifests parse(String yaml) throws IOException {
        var objects = new ArrayList<JsonNode>();
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(yaml)) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                if (document != null && document.isObject()) objects.add(document);
            }
        }
        return new Manifests(objects);
    }

    static Manifests file(String path) throws IOException {
        return parse(Files.readString(root().resolve(path)));
    }

    static String text(String path) throws IOException {
        return Files.readString(root().resolve(path));
    }

    List<JsonNode> ofKind(String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .toList();
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }
}
