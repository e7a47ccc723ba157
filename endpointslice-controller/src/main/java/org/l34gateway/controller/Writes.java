// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.l34gateway.api.Names;
import org.l34gateway.controller.slices.ServiceSlices;
import org.l34gateway.controller.slices.SlicePlan;
import org.l34gateway.controller.workload.WorkloadPlan;
import org.l34gateway.routing.ServiceDecision;
import org.l34gateway.runtime.write.ClusterWriter;
import org.l34gateway.runtime.write.Events;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.Written;

/**
 * What the controller writes, each with its field manager. A conflict is no failure: the next run sees what moved on.
 * Slices may be written from another thread than the rest.
 */
final class Writes {
    private static final FieldManager OBJECTS = new FieldManager(Names.MANAGED_BY);
    private static final FieldManager STATUS = new FieldManager(Names.MANAGED_BY + "-status");

    private final ClusterWriter writer;
    private final Events events;
    private final List<Events.Notice> notices = new ArrayList<>();

    Writes(ClusterWriter writer, Events events) {
        this.writer = writer;
        this.events = events;
    }

    /** Carries the plan out; returns what was refused, by Gateway. */
    Map<WorkloadPlan.Key, String> workload(WorkloadPlan plan, Bulkhead bulkhead) {
        Map<WorkloadPlan.Key, String> refusals = new HashMap<>();
        for (HasMetadata object : plan.deletions()) {
            bulkhead.run("delete " + name(object), () -> delete(object));
        }
        for (WorkloadPlan.Change change : plan.changes()) {
            bulkhead.run("apply " + name(change.object()), () -> {
                switch (writer.apply(change.object(), OBJECTS, change.ours())) {
                    case Written.Done<HasMetadata> _ -> {}
                    case Written.Conflict<HasMetadata>(var why) ->
                        refusals.putIfAbsent(change.key(), name(change.object()) + " is somebody else's: " + why);
                    case Written.NotFound<HasMetadata>(var why) -> refusals.putIfAbsent(change.key(), why);
                    case Written.Refused<HasMetadata>(int _, var why) -> refusals.putIfAbsent(change.key(), why);
                }
            });
        }
        return refusals;
    }

    /**
     * The slice as it is now; empty when it has moved on since the snapshot. An apply without a resourceVersion would
     * overwrite what somebody wrote in the meantime, so a slice without one is created empty first.
     */
    Optional<EndpointSlice> slice(EndpointSlice slice) {
        if (slice.getMetadata().getResourceVersion() != null) {
            return present(writer.apply(slice, OBJECTS, true));
        }
        return present(writer.create(SlicePlan.bare(slice)))
                .flatMap(created -> present(writer.apply(SlicePlan.after(slice, created), OBJECTS, true)));
    }

    private static Optional<EndpointSlice> present(Written<EndpointSlice> written) {
        return switch (written) {
            case Written.Done<EndpointSlice>(var now) -> Optional.of(now);
            case Written.Conflict<EndpointSlice> _, Written.NotFound<EndpointSlice> _ -> Optional.empty();
            case Written.Refused<EndpointSlice>(int code, var why) ->
                throw new IllegalStateException("EndpointSlice refused with " + code + ": " + why);
        };
    }

    void status(HasMetadata object) {
        if (writer.applyStatus(object, STATUS, true) instanceof Written.Refused<HasMetadata>(int code, var why)) {
            throw new IllegalStateException("status of " + name(object) + " refused with " + code + ": " + why);
        }
    }

    void delete(HasMetadata object) {
        if (writer.delete(object) instanceof Written.Refused<HasMetadata>(int code, var why)) {
            throw new IllegalStateException("deleting " + name(object) + " refused with " + code + ": " + why);
        }
    }

    /** What users of a Service should hear about it. */
    void serviceEvents(ServiceDecision service, ServiceSlices slices) {
        if (service.problem() != null) {
            warn(service.service(), "Select", "ServiceInvalid", service.problem());
        }
        if (!slices.leftOut().isEmpty()) {
            warn(
                    service.service(),
                    "AssignIdentifier",
                    "NoIdentifierLeft",
                    "all " + service.capacity() + " identifiers are taken; left out: "
                            + String.join(", ", slices.leftOut()) + "; label " + Names.MAX_ENDPOINTS_LABEL
                            + " sets how many there are");
        }
        slices.problems()
                .forEach(problem -> warn(problem.pod(), "ReadAddresses", "NetworkStatusInvalid", problem.why()));
    }

    /** Keeps the event for {@link #postEvents()}: nothing else should wait for it. */
    void warn(HasMetadata about, String action, String reason, String note) {
        notices.add(new Events.Notice(about, Events.Severity.WARNING, action, reason, note));
    }

    void postEvents() {
        List<Events.Notice> due = List.copyOf(notices);
        notices.clear();
        due.forEach(events::post);
    }

    private static String name(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                + object.getMetadata().getName();
    }
}
