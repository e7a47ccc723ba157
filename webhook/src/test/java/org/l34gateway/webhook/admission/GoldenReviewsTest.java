// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each folder of reviews holds what an API server sends and what it gets, the patch decoded. */
class GoldenReviewsTest {
    private static final Path REVIEWS = Path.of("src/test/resources/org/l34gateway/webhook/reviews");

    static List<String> reviews() throws IOException {
        try (Stream<Path> folders = Files.list(REVIEWS)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("reviews")
    void is_answered_as_written_down(String review) throws Exception {
        Path golden = REVIEWS.resolve(review).resolve("response.json");
        AdmissionAnswer answer = Samples.admission()
                .answer(Files.readAllBytes(REVIEWS.resolve(review).resolve("request.json")));
        if ("update".equals(System.getProperty("golden"))) {
            Files.writeString(golden, Samples.readable(answer).toPrettyString() + "\n");
        }
        assertThat(Samples.readable(answer)).isEqualTo(Samples.JSON.readTree(golden.toFile()));
    }

    @ParameterizedTest
    @MethodSource("reviews")
    void a_second_call_changes_nothing(String review) throws Exception {
        JsonNode request = Samples.JSON.readTree(
                REVIEWS.resolve(review).resolve("request.json").toFile());
        AdmissionAnswer first = Samples.admission().answer(Samples.bytes(request));
        JsonNode second = request.deepCopy();
        ((ObjectNode) second.path("request"))
                .set("object", Samples.applied(first, request.path("request").path("object")));
        assertThat(Samples.admission().answer(Samples.bytes(second)).patch()).isEqualTo(JsonPatch.EMPTY);
    }

    @Test
    void the_folders_cover_every_kind_of_answer() throws Exception {
        boolean patched = false;
        boolean unchanged = false;
        boolean warned = false;
        for (String review : reviews()) {
            AdmissionAnswer answer = Samples.admission()
                    .answer(Files.readAllBytes(REVIEWS.resolve(review).resolve("request.json")));
            patched |= !answer.patch().isEmpty();
            unchanged |= answer.patch().isEmpty() && answer.warnings().isEmpty();
            warned |= !answer.warnings().isEmpty();
        }
        assertThat(List.of(patched, unchanged, warned)).containsOnly(true);
    }
}
