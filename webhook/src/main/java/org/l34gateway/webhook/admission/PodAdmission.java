// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.attachments.MultusElements;
import org.l34gateway.webhook.admission.AdmissionRequest.NotForUs;
import org.l34gateway.webhook.admission.AdmissionRequest.PodCreation;

/**
 * Decides what is added to a pod: our elements behind its own in {@code k8s.v1.cni.cncf.io/networks}, and the readiness
 * gate. A pod that has both already is left alone, so a second call changes nothing.
 *
 * @param networkNamespace where the NetworkAttachmentDefinitions {@code vip} and {@code policy-route} are
 */
public record PodAdmission(AttachmentLookup lookup, String networkNamespace) {
    /** Set by the kubelet on the API's image of a static pod, which runs already when we see it. */
    private static final String MIRROR_POD = "kubernetes.io/config.mirror";

    static final String INJECTION_NOT_BUILT =
            "label " + Names.INJECT_LABEL + ": this version does not inject gateway containers yet";

    /**
     * Reads a body and answers it.
     *
     * @throws FormatException when the body is no AdmissionReview that can be answered; the message is safe to send back
     */
    public AdmissionAnswer answer(byte[] body) throws FormatException {
        return switch (AdmissionRequest.read(body)) {
            case NotForUs(String uid, String _) -> new AdmissionAnswer(uid, JsonPatch.EMPTY, List.of());
            case PodCreation creation -> answer(creation);
        };
    }

    private AdmissionAnswer answer(PodCreation creation) {
        ObjectNode pod = creation.pod();
        List<String> warnings = new ArrayList<>();
        Map<String, String> labels = labels(pod);
        if ("true".equals(labels.get(Names.INJECT_LABEL))) {
            warnings.add(INJECTION_NOT_BUILT);
        }
        JsonPatch patch = JsonPatch.EMPTY;
        boolean inHostNetwork = pod.path("spec").path("hostNetwork").asBoolean();
        if (!inHostNetwork && annotation(pod, MIRROR_POD) == null) {
            String own = pod.path("metadata").path("namespace").asText("");
            patch = attach(pod, own.isEmpty() ? creation.namespace() : own, labels, warnings);
        }
        return new AdmissionAnswer(creation.uid(), patch, warnings);
    }

    private JsonPatch attach(ObjectNode pod, String namespace, Map<String, String> labels, List<String> warnings) {
        return switch (lookup.find(namespace, labels)) {
            case AttachmentLookup.Found.Unknown(String waitingFor) -> {
                warnings.add("not attached at creation, node-agent will do it: " + waitingFor);
                yield JsonPatch.EMPTY;
            }
            case AttachmentLookup.Found.Known(var attachments) when attachments.isEmpty() -> JsonPatch.EMPTY;
            case AttachmentLookup.Found.Known(var attachments) -> {
                try {
                    JsonPatch patch = patch(pod, attachments);
                    attachments.forEach(attachment -> warnOfConflict(attachment, warnings));
                    yield patch;
                } catch (FormatException e) {
                    warnings.add(
                            "not attached at creation, annotation " + Names.MULTUS_NETWORKS + ": " + e.getMessage());
                    yield JsonPatch.EMPTY;
                }
            }
        };
    }

    private JsonPatch patch(ObjectNode pod, List<Attachment> attachments) throws FormatException {
        List<JsonPatch.Add> operations = new ArrayList<>();
        NetworkSelection present = NetworkSelection.parse(annotation(pod, Names.MULTUS_NETWORKS));
        NetworkSelection injected = MultusElements.inject(present, attachments, networkNamespace);
        if (!injected.equals(present)) {
            operations.add(addNetworks(pod, injected));
        }
        JsonNode gates = pod.path("spec").path("readinessGates");
        if (gates.valueStream().noneMatch(PodAdmission::isOurGate)) {
            operations.add(addGate(pod, gates));
        }
        return new JsonPatch(operations);
    }

    private static void warnOfConflict(Attachment attachment, List<String> warnings) {
        switch (attachment) {
            case Attachment.Wanted _ -> {}
            case Attachment.Conflicted(var gateway, var vips, var older) ->
                warnings.add("not attached to Gateway " + gateway.name() + ": the older Gateway " + older.name()
                        + " has " + vips + " in this pod");
        }
    }

    private static JsonPatch.Add addNetworks(ObjectNode pod, NetworkSelection selection) {
        JsonNode value = pod.textNode(selection.toAnnotation());
        return pod.path("metadata").path("annotations").isObject()
                ? new JsonPatch.Add("/metadata/annotations/" + JsonPatch.escape(Names.MULTUS_NETWORKS), value)
                : new JsonPatch.Add("/metadata/annotations", pod.objectNode().set(Names.MULTUS_NETWORKS, value));
    }

    private static JsonPatch.Add addGate(ObjectNode pod, JsonNode gates) {
        ObjectNode gate = pod.objectNode().put("conditionType", Names.ATTACHED_CONDITION);
        return gates.isArray()
                ? new JsonPatch.Add("/spec/readinessGates/-", gate)
                : new JsonPatch.Add("/spec/readinessGates", pod.arrayNode().add(gate));
    }

    private static boolean isOurGate(JsonNode gate) {
        return Names.ATTACHED_CONDITION.equals(gate.path("conditionType").textValue());
    }

    private static @Nullable String annotation(ObjectNode pod, String key) {
        return pod.path("metadata").path("annotations").path(key).textValue();
    }

    private static Map<String, String> labels(ObjectNode pod) {
        Map<String, String> labels = new TreeMap<>();
        pod.path("metadata")
                .path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().textValue()));
        return labels;
    }
}
