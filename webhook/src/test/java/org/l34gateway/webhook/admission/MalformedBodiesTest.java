// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.api.FormatException;

/** Whatever comes in, there is an answer for its uid or a reason on one line, and never anything else. */
class MalformedBodiesTest {
    /** {@code ./l34 soak} has more. */
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 3_000);

    record Row(String body, String reason) {
        @Override
        public String toString() {
            return body.length() < 60 ? body : body.substring(0, 60) + "…";
        }
    }

    static Stream<Row> rows() {
        String head = "{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','request':";
        String pod = "'kind':{'group':'','version':'v1','kind':'Pod'},'operation':'CREATE'";
        return Stream.of(
                        new Row("", "body must be a JSON object"),
                        new Row("null", "body must be a JSON object"),
                        new Row("[]", "body must be a JSON object"),
                        new Row("{", "body is not JSON: "),
                        new Row("{} {}", "body is not JSON: "),
                        new Row("\u0000\u0001", "body is not JSON: "),
                        new Row("[".repeat(5_000), "body is not JSON: "),
                        new Row("[" + "0,".repeat(AdmissionRequest.MAX_TOKENS) + "0]", "body is not JSON: "),
                        new Row("{'a':" + "9".repeat(5_000) + "}", "body is not JSON: "),
                        new Row("{}", "apiVersion must be admission.k8s.io/v1"),
                        new Row("{'apiVersion':1}", "apiVersion must be a string"),
                        new Row("{'apiVersion':'admission.k8s.io/v1beta1'}", "apiVersion must be admission.k8s.io/v1"),
                        new Row("{'apiVersion':'admission.k8s.io/v1'}", "kind must be AdmissionReview"),
                        new Row(head + "null}", "request must be an object"),
                        new Row(head + "{}}", "request.uid is missing"),
                        new Row(head + "{'uid':7}}", "uid must be a string"),
                        new Row(head + "{'uid':'u'}}", "request.kind must be an object"),
                        new Row(head + "{'uid':'u','kind':'Pod'}}", "request.kind must be an object"),
                        new Row(head + "{'uid':'u','kind':{'kind':['Pod']}}}", "kind must be a string"),
                        new Row(head + "{'uid':'u'," + pod + "}}", "request.object must be an object"),
                        new Row(
                                head + "{'uid':'u'," + pod + ",'object':{}}}",
                                "request.object.metadata must be an object"),
                        new Row(
                                head + "{'uid':'u'," + pod + ",'object':{'metadata':{}}}}",
                                "request.object.spec must be an object"),
                        new Row(
                                head + "{'uid':'u'," + pod + ",'object':{'metadata':{'labels':[]},'spec':{}}}}",
                                "request.object.metadata.labels must be an object"),
                        new Row(
                                head + "{'uid':'u'," + pod
                                        + ",'object':{'metadata':{'annotations':{'a':{}}},'spec':{}}}}",
                                "request.object.metadata.annotations must hold strings only"),
                        new Row(
                                head + "{'uid':'u'," + pod + ",'object':{'metadata':{},'spec':{'readinessGates':{}}}}}",
                                "request.object.spec.readinessGates must be a list"))
                .map(row -> new Row(row.body().replace('\'', '"'), row.reason()));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void is_refused_with_the_field_named(Row row) {
        assertThatThrownBy(() -> Samples.admission().answer(row.body().getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith(row.reason());
    }

    @Test
    void a_reason_quotes_nothing_of_the_body() {
        String secret = "hunter2";
        assertThatThrownBy(() ->
                        AdmissionRequest.read(("{\"env\": \"" + secret + "\" oops}").getBytes(StandardCharsets.UTF_8)))
                .hasMessageNotContaining(secret);
    }

    @Test
    @Tag("soak")
    void damaged_reviews_are_answered_or_refused() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        List<byte[]> good = goodBodies();
        int refused = 0;
        int answered = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] original = good.get(dice.nextInt(good.size()));
            byte[] body = dice.nextBoolean() ? damagedBytes(original, dice) : damagedTree(original, dice);
            try {
                JsonNode answer =
                        Samples.JSON.readTree(Samples.admission().answer(body).toJson());
                assertThat(answer.path("response").path("uid").asText())
                        .as("repeat with -Dseed=%s", seed)
                        .isNotEmpty();
                answered++;
            } catch (FormatException e) {
                assertThat(e.getMessage()).as("repeat with -Dseed=%s", seed).isNotBlank();
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("repeat with -Dseed=" + seed + ", round " + i, e);
            }
        }
        assertThat(Map.of("refused", refused, "answered", answered).values()).allMatch(n -> n > ROUNDS / 20);
    }

    private static List<byte[]> goodBodies() throws IOException {
        List<byte[]> bodies = new ArrayList<>();
        Path reviews = Path.of("src/test/resources/org/l34gateway/webhook/reviews");
        try (Stream<Path> files = Files.walk(reviews)) {
            for (Path file :
                    files.filter(f -> f.endsWith("request.json")).sorted().toList()) {
                bodies.add(Samples.JSON.readTree(file.toFile()).toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return bodies;
    }

    private static byte[] damagedBytes(byte[] original, Random dice) {
        byte[] body = original.clone();
        for (int n = 1 + dice.nextInt(3); n > 0; n--) {
            int at = dice.nextInt(body.length);
            switch (dice.nextInt(4)) {
                case 0 -> body[at] = (byte) dice.nextInt(256);
                case 1 -> body = Arrays.copyOf(body, Math.max(1, at));
                case 2 -> body[at] ^= (byte) (1 << dice.nextInt(8));
                default -> {
                    int from = dice.nextInt(body.length);
                    int length = Math.min(dice.nextInt(40), body.length - Math.max(from, at));
                    System.arraycopy(original.clone(), Math.min(from, original.length - length), body, at, length);
                }
            }
        }
        return body;
    }

    /** Puts a value of another kind somewhere into the tree, or takes something out. */
    private static byte[] damagedTree(byte[] original, Random dice) throws IOException {
        JsonNode tree = Samples.JSON.readTree(original);
        List<ObjectNode> objects = new ArrayList<>();
        collect(tree, objects);
        ObjectNode victim = objects.get(dice.nextInt(objects.size()));
        List<String> names = new ArrayList<>(
                victim.properties().stream().map(Map.Entry::getKey).toList());
        names.add("new");
        String name = names.get(dice.nextInt(names.size()));
        switch (dice.nextInt(7)) {
            case 0 -> victim.remove(name);
            case 1 -> victim.putNull(name);
            case 2 -> victim.put(name, dice.nextLong());
            case 3 -> victim.put(name, "[{\"name\":\"a\\u0000\"}]");
            case 4 -> victim.putArray(name).add(true);
            case 5 -> victim.putObject(name).put("name", "x");
            default -> victim.put(name, "[".repeat(dice.nextInt(2_000)));
        }
        return Samples.bytes(tree);
    }

    private static void collect(JsonNode node, List<ObjectNode> into) {
        if (node instanceof ObjectNode object) {
            into.add(object);
        }
        if (node instanceof ContainerNode<?>) {
            node.forEach(child -> collect(child, into));
        }
    }
}
