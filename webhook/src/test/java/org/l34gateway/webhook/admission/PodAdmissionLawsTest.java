// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.attachments.MultusElements;

/** Laws that hold for every pod, tried on seeded random ones. */
class PodAdmissionLawsTest {
    private static final int ROUNDS = 2_000;
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random dice = new Random(seed);

    @Test
    void its_own_output_is_left_alone() throws Exception {
        int patched = 0;
        for (int i = 0; i < ROUNDS; i++) {
            ObjectNode pod = pod();
            AdmissionAnswer first = answer(pod);
            patched += first.patch().isEmpty() ? 0 : 1;
            assertThat(answer((ObjectNode) Samples.applied(first, pod)).patch())
                    .as("repeat with -Dseed=%s, pod %s", seed, pod)
                    .isEqualTo(JsonPatch.EMPTY);
        }
        assertThat(patched).as("pods that were patched at all").isGreaterThan(ROUNDS / 4);
    }

    @Test
    void nothing_but_our_elements_and_gate_is_added_and_the_users_elements_keep_content_and_order() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            ObjectNode pod = pod();
            ObjectNode after = (ObjectNode) Samples.applied(answer(pod), pod);
            assertThat(without(after)).as("repeat with -Dseed=%s", seed).isEqualTo(without(pod));
            assertThat(users(after))
                    .as("repeat with -Dseed=%s, pod %s", seed, pod)
                    .isEqualTo(users(pod));
        }
    }

    private static AdmissionAnswer answer(ObjectNode pod) throws Exception {
        return Samples.admission().answer(Samples.bytes(Samples.review(pod)));
    }

    private static List<NetworkSelection.Element> users(ObjectNode pod) throws Exception {
        JsonNode annotation = pod.path("metadata").path("annotations").path(Names.MULTUS_NETWORKS);
        return NetworkSelection.parse(annotation.textValue()).elements().stream()
                .filter(element -> !MultusElements.isOurs(element, Samples.NETWORK_NAMESPACE))
                .toList();
    }

    /** The pod without the annotation and our gate, and without the empty holders that they leave. */
    private static ObjectNode without(ObjectNode pod) {
        ObjectNode copy = pod.deepCopy();
        ObjectNode metadata = (ObjectNode) copy.path("metadata");
        if (metadata.path("annotations") instanceof ObjectNode annotations) {
            annotations.remove(Names.MULTUS_NETWORKS);
        }
        ObjectNode spec = (ObjectNode) copy.path("spec");
        if (spec.path("readinessGates") instanceof ArrayNode gates) {
            ArrayNode kept = gates.arrayNode();
            gates.forEach(gate -> {
                if (!Names.ATTACHED_CONDITION.equals(gate.path("conditionType").asText())) {
                    kept.add(gate);
                }
            });
            spec.set("readinessGates", kept);
        }
        Stream.of("annotations").filter(field -> metadata.path(field).isEmpty()).forEach(metadata::remove);
        Stream.of("readinessGates").filter(field -> spec.path(field).isEmpty()).forEach(spec::remove);
        return copy;
    }

    private ObjectNode pod() {
        ObjectNode pod = Samples.JSON.createObjectNode();
        ObjectNode metadata = pod.putObject("metadata");
        metadata.putObject("labels").put("app", pick("b", "both", "conflict", "none"));
        pod.putObject("spec").put("fieldOfTomorrow", dice.nextInt());
        if (dice.nextBoolean()) {
            ObjectNode annotations = metadata.putObject("annotations");
            if (dice.nextBoolean()) {
                annotations.put("some/other~key", "value");
            }
            if (dice.nextInt(4) > 0) {
                annotations.put(Names.MULTUS_NETWORKS, dice.nextBoolean() ? shortForm() : list());
            }
        } else if (dice.nextBoolean()) {
            metadata.putNull("annotations");
        }
        if (dice.nextBoolean()) {
            ArrayNode gates = ((ObjectNode) pod.path("spec")).putArray("readinessGates");
            for (int i = dice.nextInt(3); i > 0; i--) {
                gates.addObject().put("conditionType", pick("x/y", "z", Names.ATTACHED_CONDITION + i));
            }
            if (dice.nextBoolean()) {
                gates.addObject().put("conditionType", Names.ATTACHED_CONDITION);
            }
        }
        return pod;
    }

    private String shortForm() {
        List<String> parts = new ArrayList<>();
        for (int i = dice.nextInt(4); i >= 0; i--) {
            parts.add(
                    pick("", " ") + pick("", "infra/") + pick("net-a", "net-b") + pick("", "@net" + i) + pick("", " "));
        }
        return String.join(",", parts);
    }

    private String list() {
        ArrayNode list = Samples.JSON.createArrayNode();
        for (int i = dice.nextInt(5); i > 0; i--) {
            ObjectNode element = list.addObject().put("name", pick("net-a", "vip", "policy-route"));
            if (dice.nextBoolean()) {
                element.put("namespace", pick("infra", Samples.NETWORK_NAMESPACE));
            }
            if (dice.nextBoolean()) {
                element.putObject("cni-args").put(pick("x", Names.GATEWAY_LABEL), pick("blue", "green"));
            }
            if (dice.nextBoolean()) {
                element.put("bandwidth", dice.nextDouble()).put("big", dice.nextLong());
            }
        }
        return list.toString();
    }

    private String pick(String... choices) {
        return choices[dice.nextInt(choices.length)];
    }
}
