// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Names;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Flow;
import org.l34gateway.program.SlotTableSize;

/**
 * What fits into the gateway pods of one Gateway. Routes are admitted by age, not by priority: one that comes never takes the
 * place of one that is there. So all components decide alike, whatever happened before.
 */
final class RouteLimits {
    /** Each has a counter, and is looked at in every decision. */
    static final int ROUTES = 4_096;

    /** Of one family: the size of the kernel's map. */
    static final int VIPS = 16_384;

    /** Of all Services, each once for every family of its VIPs: 6 bytes each in the kernel, up to 12 in the agent. */
    static final int SLOTS = 1 << 23;

    private static final Comparator<RouteDecision> BY_AGE = Comparator.<RouteDecision, String>comparing(decision ->
                    Objects.requireNonNullElse(decision.route().getMetadata().getCreationTimestamp(), ""))
            .thenComparing(RouteDecision::name);

    private final Map<String, Integer> capacities;
    private final Map<IpFamily, Set<IpPrefix>> vips = new EnumMap<>(IpFamily.class);
    private final Set<Pool> pools = new HashSet<>();
    private int routes;
    private long slots;

    /** Targets that share slots. */
    private record Pool(String group, IpFamily family) {}

    private RouteLimits(Map<String, Integer> capacities) {
        this.capacities = capacities;
    }

    /**
     * The same decisions, but routes that do not fit are not accepted.
     *
     * @param capacities of Services, by UID
     */
    static List<RouteDecision> apply(List<RouteDecision> decisions, Map<String, Integer> capacities) {
        RouteLimits limits = new RouteLimits(capacities);
        Map<String, String> refused = new HashMap<>();
        List<Flow> counted = new ArrayList<>();
        decisions.stream().sorted(BY_AGE).forEach(decision -> {
            @Nullable Flow flow = decision.flow();
            if (flow != null) {
                limits.admit(flow).ifPresentOrElse(why -> refused.put(flow.name(), why), () -> counted.add(flow));
            }
        });
        refused.putAll(TreeLimits.refused(counted));
        return decisions.stream()
                .map(decision -> {
                    @Nullable String why = refused.get(decision.name());
                    return why == null || !decision.accepted().ok()
                            ? decision
                            : decision.refused(Verdict.no(Reasons.LIMIT_REACHED, why));
                })
                .toList();
    }

    /** Takes the route in; otherwise says why not, and nothing has changed. */
    private Optional<String> admit(Flow flow) {
        Set<Pool> added = new HashSet<>();
        flow.backends().stream()
                .filter(backend -> backend.weight() > 0)
                .forEach(backend ->
                        flow.destinations().forEach(vip -> added.add(new Pool(backend.group(), vip.family()))));
        added.removeAll(pools);
        long slotsMore = added.stream().mapToLong(this::slots).sum();
        Optional<String> why = tooManyRoutes().or(() -> tooManyVips(flow)).or(() -> tooManySlots(slotsMore));
        if (why.isEmpty()) {
            routes++;
            slots += slotsMore;
            pools.addAll(added);
            flow.destinations().forEach(vip -> known(vip.family()).add(vip));
        }
        return why;
    }

    private Set<IpPrefix> known(IpFamily family) {
        return vips.computeIfAbsent(family, _ -> new HashSet<>());
    }

    private long slots(Pool pool) {
        return SlotTableSize.forCapacity(capacities.getOrDefault(pool.group(), Names.DEFAULT_MAX_ENDPOINTS))
                .slots();
    }

    private Optional<String> tooManyRoutes() {
        return routes < ROUTES
                ? Optional.empty()
                : Optional.of("the Gateway has " + ROUTES + " older routes, which is the limit; take some away, or use"
                        + " another Gateway");
    }

    private Optional<String> tooManyVips(Flow flow) {
        for (IpFamily family : IpFamily.values()) {
            long adds = flow.destinations().stream()
                    .filter(vip -> vip.family() == family && !known(family).contains(vip))
                    .count();
            if (known(family).size() + adds > VIPS) {
                return Optional.of("older routes have " + known(family).size() + " " + family + " VIPs, this one adds "
                        + adds + ", the limit of a Gateway is " + VIPS + "; use another Gateway");
            }
        }
        return Optional.empty();
    }

    private Optional<String> tooManySlots(long more) {
        return slots + more <= SLOTS
                ? Optional.empty()
                : Optional.of("the Services of older routes have " + slots + " slots, those of this one need " + more
                        + " more, the limit of a Gateway is " + SLOTS + "; declare fewer endpoints (label "
                        + Names.MAX_ENDPOINTS_LABEL + "), or use another Gateway");
    }
}
