// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.l34gateway.routing.Verdict;

/**
 * Collects the conditions of one object. {@code lastTransitionTime} is that of the present condition unless the status
 * changes, so that equal conditions are equal objects and are not written again.
 */
final class Conditions {
    /** The API's limit of a message. */
    private static final int MESSAGE_CHARS = 32_768;

    private final List<Condition> present;
    private final long generation;
    private final String now;
    private final List<Condition> conditions = new ArrayList<>();

    /** @param present what the object says now; null when it has no status yet */
    Conditions(HasMetadata object, @Nullable List<Condition> present, Instant now) {
        this.present = present == null ? List.of() : present;
        Long generation = object.getMetadata().getGeneration();
        this.generation = generation == null ? 0 : generation;
        this.now = DateTimeFormatter.ISO_INSTANT.format(now.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Adds a condition that is True or False. */
    Conditions add(String type, Verdict verdict) {
        return add(type, verdict.ok() ? "True" : "False", verdict.reason(), verdict.message());
    }

    Conditions add(String type, String status, String reason, String message) {
        conditions.add(new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message.length() <= MESSAGE_CHARS ? message : message.substring(0, MESSAGE_CHARS))
                .withObservedGeneration(generation)
                .withLastTransitionTime(since(type, status))
                .build());
        return this;
    }

    List<Condition> list() {
        return List.copyOf(conditions);
    }

    /** Whether what we want to say is there, whatever others say beside it. */
    static boolean said(@Nullable List<Condition> present, List<Condition> wanted) {
        return present != null && present.containsAll(wanted);
    }

    private String since(String type, String status) {
        for (Condition before : present) {
            if (type.equals(before.getType())
                    && status.equals(before.getStatus())
                    && before.getLastTransitionTime() != null) {
                return Objects.requireNonNull(before.getLastTransitionTime());
            }
        }
        return now;
    }
}
