// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.l34gateway.api.Report;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.webhook.admission.AttachmentLookup.Found;

/** A cluster of two Gateways, and reviews of pods that are created in it. */
public final class Samples {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String NETWORK_NAMESPACE = "l34-system";

    private static final Attachment.Wanted BLUE =
            wanted("blue", Set.of("20.0.0.1/32", "2000::1/128"), Set.of("169.222.100.1", "169.222.100.2", "fd00::1"));
    private static final Attachment.Wanted GREEN_WITHOUT_NEXT_HOPS = wanted("green", Set.of("40.0.0.1/32"), Set.of());
    private static final Attachment.Conflicted RED =
            new Attachment.Conflicted(ref("red"), prefixes(Set.of("20.0.0.1/32")), ref("blue"));

    private Samples() {}

    /** Decides by label {@code app} in namespace {@code shop}: b, both, or conflict; nothing is known of namespace dark. */
    public static PodAdmission admission() {
        AttachmentLookup lookup = (namespace, labels) -> {
            if (namespace.equals("dark")) {
                return new Found.Unknown("Gateway: not listed yet");
            }
            if (!namespace.equals("shop")) {
                return new Found.Known(List.of());
            }
            return new Found.Known(
                    switch (labels.getOrDefault("app", "")) {
                        case "b" -> List.of(BLUE);
                        case "both" -> List.of(BLUE, GREEN_WITHOUT_NEXT_HOPS);
                        case "conflict" -> List.of(BLUE, RED);
                        default -> List.of();
                    });
        };
        return new PodAdmission(lookup, NETWORK_NAMESPACE);
    }

    static Attachment.Wanted wanted(String gateway, Set<String> vips, Set<String> nextHops) {
        return new Attachment.Wanted(
                ref(gateway),
                prefixes(vips),
                nextHops.stream().map(IpAddress::parse).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static Report.ObjectRef ref(String gateway) {
        return new Report.ObjectRef("shop", gateway, "uid-of-" + gateway);
    }

    private static SortedSet<IpPrefix> prefixes(Set<String> texts) {
        return texts.stream().map(IpPrefix::parse).collect(Collectors.toCollection(TreeSet::new));
    }

    /** An AdmissionReview for the creation of a pod in namespace {@code shop}. */
    static ObjectNode review(ObjectNode pod) {
        ObjectNode review = JSON.createObjectNode();
        review.put("kind", "AdmissionReview").put("apiVersion", "admission.k8s.io/v1");
        ObjectNode request = review.putObject("request");
        request.put("uid", "705ab4f5-6393-11e8-b7cc-42010a800002");
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.putObject("resource").put("group", "").put("version", "v1").put("resource", "pods");
        request.put("namespace", "shop").put("operation", "CREATE").put("dryRun", false);
        request.set("object", pod);
        return review;
    }

    /** A body as an API server sends it, for a pod that gets attachments. */
    public static byte[] body() {
        ObjectNode pod = JSON.createObjectNode();
        pod.put("kind", "Pod").put("apiVersion", "v1");
        pod.putObject("metadata").put("generateName", "b-").putObject("labels").put("app", "b");
        pod.putObject("spec").putArray("containers").addObject().put("name", "server");
        return bytes(review(pod));
    }

    static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The answer with its patch decoded, as people want to read it. */
    static ObjectNode readable(AdmissionAnswer answer) {
        try {
            ObjectNode review = (ObjectNode) JSON.readTree(answer.toJson());
            ObjectNode response = (ObjectNode) review.path("response");
            if (response.has("patch")) {
                response.set(
                        "patch",
                        JSON.readTree(Base64.getDecoder()
                                .decode(response.path("patch").asText())));
            }
            return review;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pod with the patch applied by somebody else's implementation of RFC 6902. */
    static JsonNode applied(AdmissionAnswer answer, JsonNode pod) {
        ArrayNode patch = answer.patch().toJson();
        return JsonPatch.apply(patch, pod);
    }
}
