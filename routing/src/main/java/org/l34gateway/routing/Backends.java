// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.l34gateway.api.BackendRef;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.program.Backend;

/**
 * The backendRefs of a route that could be resolved, and what is wrong with the first that could not.
 *
 * @param resolved one for each Service, in the order of the route
 */
record Backends(List<Backend> resolved, Verdict verdict) {
    static Backends resolve(L34Route route, Gateway gateway, List<Service> services) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        List<Verdict> wrong = new ArrayList<>();
        for (BackendRef ref : route.getSpec().backendRefs()) {
            Verdict verdict = judge(ref, route, gateway, services);
            if (verdict.ok()) {
                int weight = Optional.ofNullable(ref.weight()).orElse(1);
                find(ref, route, services)
                        .ifPresent(service -> weights.merge(
                                service.getMetadata().getUid(), weight, (a, b) -> Math.min(a + b, 1_000_000)));
            } else {
                wrong.add(verdict);
            }
        }
        List<Backend> resolved = new ArrayList<>();
        weights.forEach((uid, weight) -> resolved.add(new Backend(uid, weight)));
        return new Backends(resolved, wrong.isEmpty() ? Verdict.yes(Reasons.RESOLVED_REFS) : wrong.getFirst());
    }

    private static Verdict judge(BackendRef ref, L34Route route, Gateway gateway, List<Service> services) {
        String group = Optional.ofNullable(ref.group()).orElse("");
        String kind = Optional.ofNullable(ref.kind()).orElse("Service");
        if (!group.isEmpty() || !kind.equals("Service")) {
            return Verdict.no(
                    Reasons.INVALID_KIND, "backendRef " + ref.name() + " must be a Service of the core group");
        }
        if (!namespaceOf(ref, route).equals(route.getMetadata().getNamespace())) {
            return Verdict.no(
                    Reasons.REF_NOT_PERMITTED,
                    "Service " + ref.name() + " is in another namespace; ReferenceGrants are not supported yet");
        }
        Optional<Service> service = find(ref, route, services);
        if (service.isEmpty()) {
            return Verdict.no(Reasons.BACKEND_NOT_FOUND, "Service " + ref.name() + " does not exist");
        }
        if (!GatewayDecision.labelledFor(service.get(), gateway)) {
            return Verdict.no(
                    Reasons.BACKEND_NOT_FOUND,
                    "Service " + ref.name() + " has no label " + Names.GATEWAY_LABEL + ": "
                            + gateway.getMetadata().getName());
        }
        return Verdict.yes(Reasons.RESOLVED_REFS);
    }

    private static Optional<Service> find(BackendRef ref, L34Route route, List<Service> services) {
        return services.stream()
                .filter(service -> service.getMetadata().getName().equals(ref.name()))
                .filter(service -> service.getMetadata().getNamespace().equals(namespaceOf(ref, route)))
                .findFirst();
    }

    private static String namespaceOf(BackendRef ref, L34Route route) {
        return Optional.ofNullable(ref.namespace()).orElse(route.getMetadata().getNamespace());
    }
}
