// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Names;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.TargetGroup;

/**
 * A Service of a Gateway: what its pods must hold and how many there may be.
 *
 * @param service the Service
 * @param capacity how many identifiers it has, 1..1,024
 * @param selector labels that a pod must have, without the dummy; empty selects nothing (D11)
 * @param vips of the accepted routes whose backend it is, sorted
 * @param problem what is wrong with its labels or selector; null when nothing is
 */
public record ServiceDecision(
        Service service,
        int capacity,
        Map<String, String> selector,
        SortedSet<IpPrefix> vips,
        @Nullable String problem) {
    public ServiceDecision {
        selector = Map.copyOf(selector);
        vips = Collections.unmodifiableSortedSet(new TreeSet<>(vips));
    }

    /** The Service's UID: key of its {@link TargetGroup}. */
    public String key() {
        return service.getMetadata().getUid();
    }

    /** Whether the Service selects a pod of its namespace with these labels. */
    public boolean selects(Map<String, String> podLabels) {
        return !selector.isEmpty() && podLabels.entrySet().containsAll(selector.entrySet());
    }

    static List<ServiceDecision> all(Gateway gateway, List<RouteDecision> routes, List<Service> services) {
        return services.stream()
                .filter(service -> GatewayDecision.labelledFor(service, gateway))
                .filter(service -> service.getMetadata().getDeletionTimestamp() == null)
                .sorted(Comparator.comparing(service -> service.getMetadata().getName()))
                .map(service -> of(service, routes))
                .toList();
    }

    private static ServiceDecision of(Service service, List<RouteDecision> routes) {
        SortedSet<IpPrefix> vips = new TreeSet<>();
        for (RouteDecision route : routes) {
            if (route.flow() != null
                    && route.flow().backends().stream()
                            .anyMatch(backend ->
                                    backend.group().equals(service.getMetadata().getUid()))) {
                vips.addAll(route.vips());
            }
        }
        Map<String, String> selector = new HashMap<>();
        if (service.getSpec() != null && service.getSpec().getSelector() != null) {
            selector.putAll(service.getSpec().getSelector());
        }
        boolean dummy = selector.remove(Names.DUMMY_SELECTOR) != null;
        @Nullable String capacityText = service.getMetadata().getLabels().get(Names.MAX_ENDPOINTS_LABEL);
        int capacity = capacity(capacityText);
        return new ServiceDecision(service, capacity, selector, vips, problem(capacityText, capacity, selector, dummy));
    }

    /** UID of a Service → how many identifiers it has. */
    static Map<String, Integer> capacities(List<Service> services) {
        Map<String, Integer> capacities = new HashMap<>();
        for (Service service : services) {
            Map<String, String> labels = service.getMetadata().getLabels();
            String text = labels == null ? null : labels.get(Names.MAX_ENDPOINTS_LABEL);
            capacities.put(service.getMetadata().getUid(), capacity(text));
        }
        return capacities;
    }

    private static int capacity(@Nullable String text) {
        if (text == null || !text.matches("[0-9]{1,9}")) {
            return Names.DEFAULT_MAX_ENDPOINTS;
        }
        return Math.clamp(Integer.parseInt(text), 1, TargetGroup.MAX_CAPACITY);
    }

    private static @Nullable String problem(
            @Nullable String capacityText, int capacity, Map<String, String> selector, boolean dummy) {
        if (capacityText != null && !capacityText.equals(Integer.toString(capacity))) {
            return "label " + Names.MAX_ENDPOINTS_LABEL + ": \"" + capacityText + "\" must be 1.."
                    + TargetGroup.MAX_CAPACITY + ", taking " + capacity;
        }
        if (selector.isEmpty()) {
            return "the selector is empty and selects nothing";
        }
        if (!dummy) {
            return "the selector has no " + Names.DUMMY_SELECTOR
                    + ": \"true\", so Kubernetes' own endpoints stand beside ours";
        }
        return null;
    }
}
