// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.l34gateway.api.Names;

/**
 * Keeps a Service's identifiers from being decided on slices older than our own last writes. What was written before by
 * others is not its business: a new leader reads everything again first. Not thread-safe; times are nanoseconds of one
 * monotonic clock.
 */
public final class SliceFence {
    /** A slice that is not seen after this was deleted by somebody else in between, or the watch is deaf. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Map<String, Expected> expected = new HashMap<>();

    private record Expected(String service, BigInteger version, long since) {}

    /** This slice is on the API server. */
    public void expect(EndpointSlice slice, long now) {
        expected.put(
                key(slice),
                new Expected(
                        serviceOf(slice), new BigInteger(slice.getMetadata().getResourceVersion()), now));
    }

    /** Takes note of what the watch shows now. */
    public void see(List<EndpointSlice> slices) {
        for (EndpointSlice slice : slices) {
            Expected wait = expected.get(key(slice));
            if (wait != null
                    && new BigInteger(slice.getMetadata().getResourceVersion()).compareTo(wait.version()) >= 0) {
                expected.remove(key(slice));
            }
        }
    }

    /** Whether something was waited for too long: only the API server can say what became of it. */
    public boolean overdue(long now) {
        return expected.values().stream().anyMatch(wait -> now - wait.since() > PATIENCE.toNanos());
    }

    /** Everything will be read from the API server again before it is decided on. */
    public void clear() {
        expected.clear();
    }

    /** Whether the watch shows everything that is known about the Service's slices. */
    public boolean open(String namespace, String service) {
        return expected.values().stream().noneMatch(wait -> wait.service().equals(namespace + "/" + service));
    }

    private static String key(EndpointSlice slice) {
        return slice.getMetadata().getNamespace() + "/" + slice.getMetadata().getName();
    }

    private static String serviceOf(EndpointSlice slice) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        return slice.getMetadata().getNamespace() + "/"
                + (labels == null ? "" : labels.getOrDefault(Names.SERVICE_NAME_LABEL, ""));
    }
}
