// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Names;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.routing.Verdict;

/**
 * The pod condition {@link Names#ATTACHED_CONDITION}: VIPs, rules and {@code unreachable} are in the pod's present
 * sandbox. It guards the first Ready only: once True in a sandbox it stays True there, whatever is added later; what is
 * wrong then stands in the message and in the NodeReport.
 */
public final class AttachedCondition {
    /** Everything that is wanted is held. */
    public static final String ATTACHED = "Attached";
    /** It was attached once in this sandbox; something that was added later is missing. */
    public static final String PARTLY_ATTACHED = "PartlyAttached";
    /** No Gateway wants anything of the pod. */
    public static final String NOTHING_TO_ATTACH = "NothingToAttach";
    /** The pod got a new sandbox, and what the old one held says nothing about it. */
    public static final String SANDBOX_CHANGED = "SandboxChanged";

    private AttachedCondition() {}

    /** Whether the pod gets the condition at all: somebody wants something of it, waits for it, or it has one. */
    public static boolean concerns(PodFacts pod, List<Attachment> attachments) {
        return pod.gated() || !attachments.isEmpty() || pod.condition() != null;
    }

    /**
     * What the condition should say.
     *
     * @param held what the pod's sandbox holds
     * @param troubles what kept the pod from holding what it should
     * @param attachedHere whether the condition was True in this very sandbox before
     */
    public static Verdict decide(
            List<Attachment> attachments, Map<AttachmentKey, Held> held, List<Trouble> troubles, boolean attachedHere) {
        if (attachments.isEmpty()) {
            return Verdict.yes(NOTHING_TO_ATTACH);
        }
        Optional<Trouble> trouble = troubles.stream().findFirst().or(() -> missing(attachments, held));
        if (trouble.isEmpty()) {
            return Verdict.yes(ATTACHED);
        }
        String why = troubles.isEmpty()
                ? trouble.get().message()
                : troubles.stream().map(Trouble::message).collect(Collectors.joining("; "));
        return attachedHere
                ? new Verdict(true, PARTLY_ATTACHED, trouble.get().reason() + ": " + why)
                : Verdict.no(trouble.get().reason(), why);
    }

    private static Optional<Trouble> missing(List<Attachment> attachments, Map<AttachmentKey, Held> held) {
        for (Attachment attachment : attachments) {
            if (attachment instanceof Attachment.Wanted wanted) {
                Held has = held.getOrDefault(AttachmentKey.of(wanted.gateway()), Held.NOTHING);
                if (!has.serves(wanted.vips())) {
                    return Optional.of(new Trouble(
                            Trouble.INCOMPLETE,
                            "Gateway " + wanted.gateway().name() + " wants " + wanted.vips() + ", the sandbox holds "
                                    + has.served()));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The condition to write.
     *
     * @param present the pod's condition now, null when it has none
     * @param time RFC 3339, for a status that changes
     * @return empty when the present one says the same
     */
    public static Optional<PodCondition> toWrite(@Nullable PodCondition present, Verdict verdict, String time) {
        String status = verdict.ok() ? "True" : "False";
        boolean sameStatus = present != null && status.equals(present.getStatus());
        if (present != null
                && sameStatus
                && verdict.reason().equals(present.getReason())
                && verdict.message()
                        .equals(Optional.ofNullable(present.getMessage()).orElse(""))) {
            return Optional.empty();
        }
        String since = present != null && sameStatus ? present.getLastTransitionTime() : time;
        return Optional.of(new PodConditionBuilder()
                .withType(Names.ATTACHED_CONDITION)
                .withStatus(status)
                .withReason(verdict.reason())
                .withMessage(verdict.message())
                .withLastTransitionTime(since)
                .build());
    }
}
