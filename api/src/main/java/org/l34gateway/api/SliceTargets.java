// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Value of {@link Names#TARGETS_ANNOTATION} on our EndpointSlices: which identifier each endpoint owns, and which VIPs
 * it may get packets for. Written by the controller only.
 *
 * @param revision grows with every change of an identifier of the Service; an agent that sees two owners of one
 *     identifier believes the higher revision
 * @param targets sorted by identifier
 */
public record SliceTargets(long revision, List<Target> targets) {
    public static final SliceTargets EMPTY = new SliceTargets(0, List.of());

    private static final ObjectMapper JSON = new ObjectMapper();

    public SliceTargets {
        targets = JsonList.of(targets);
    }

    /**
     * One endpoint.
     *
     * @param uid UID of its pod
     * @param id identifier, 0 ≤ id &lt; the Service's maximum
     * @param vips VIPs that the pod's kernel holds and that every gateway pod answers for
     */
    public record Target(String uid, int id, List<String> vips) {
        public Target {
            vips = JsonList.of(vips);
        }
    }

    /**
     * Reads an annotation; null is {@link #EMPTY}.
     *
     * @throws FormatException when somebody else wrote it
     */
    public static SliceTargets parse(@Nullable String annotation) throws FormatException {
        if (annotation == null) {
            return EMPTY;
        }
        try {
            return JSON.readValue(annotation, SliceTargets.class);
        } catch (JsonProcessingException e) {
            throw new FormatException("annotation " + Names.TARGETS_ANNOTATION + ": " + e.getOriginalMessage(), e);
        }
    }

    /** The JSON on one line. */
    public String toAnnotation() {
        return JSON.valueToTree(this).toString();
    }
}
