// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.FormatException;
import org.l34gateway.api.Names;
import org.l34gateway.api.SliceTargets;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.Flow;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/**
 * The program of a Gateway's pods: the flows of its accepted routes over the targets in its EndpointSlices.
 *
 * @param program what the load balancer runs
 * @param podUids UID of the pod of each target, by {@code group key/identifier}
 */
public record GatewayProgram(ForwardingProgram program, Map<String, String> podUids) {
    public GatewayProgram {
        podUids = Map.copyOf(podUids);
    }

    /**
     * The program that follows from a decision and the present slices.
     *
     * @param slices of any Services; only those with our managed-by label in the Gateway's namespace are read. A slice
     *     whose annotation is not ours to read has no targets.
     */
    public static GatewayProgram of(GatewayDecision decision, List<EndpointSlice> slices) {
        Map<String, String> podUids = new HashMap<>();
        List<TargetGroup> groups = new ArrayList<>();
        for (ServiceDecision service : decision.services()) {
            groups.add(group(service, slices, podUids).dealt(decision.options().slotTable()));
        }
        List<Flow> flows = new ArrayList<>();
        for (RouteDecision route : decision.routes()) {
            if (route.flow() != null) {
                flows.add(route.flow());
            }
        }
        return new GatewayProgram(new ForwardingProgram(seed(decision), groups, flows), podUids);
    }

    /** Key of {@link #podUids}. */
    public static String targetKey(String groupKey, int identifier) {
        return groupKey + "/" + identifier;
    }

    /** The same in every replica and for the life of the Gateway: from its UID. */
    private static long seed(GatewayDecision decision) {
        String uid = decision.gateway().getMetadata().getUid();
        return UUID.nameUUIDFromBytes(uid.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    }

    private static TargetGroup group(ServiceDecision service, List<EndpointSlice> slices, Map<String, String> podUids) {
        Map<String, Owner> owners = new HashMap<>();
        Map<String, PodEndpoint> pods = new TreeMap<>();
        for (EndpointSlice slice : slices) {
            if (!belongsTo(slice, service)) {
                continue;
            }
            SliceTargets targets = targets(slice);
            targets.targets()
                    .forEach(target -> owners.merge(
                            target.uid(),
                            new Owner(targets.revision(), target),
                            (a, b) -> a.revision() >= b.revision() ? a : b));
            // The API server writes an empty slice with "endpoints": null.
            if (slice.getEndpoints() != null) {
                slice.getEndpoints().forEach(endpoint -> PodEndpoint.collect(endpoint, pods));
            }
        }
        Map<Integer, Owner> byIdentifier = new TreeMap<>();
        for (Owner owner : owners.values()) {
            if (owner.target().id() >= 0 && owner.target().id() < service.capacity()) {
                byIdentifier.merge(owner.target().id(), owner, GatewayProgram::rightful);
            }
        }
        List<Target> targets = new ArrayList<>();
        byIdentifier.forEach((identifier, owner) -> {
            PodEndpoint pod = pods.get(owner.target().uid());
            if (pod != null && pod.state() != State.OUT) {
                Target target = new Target(identifier, pod.name(), pod.firstOfEachFamily(), vips(owner, service, pod));
                targets.add(target.withDraining(pod.state() == State.DRAINING));
                podUids.put(targetKey(service.key(), identifier), owner.target().uid());
            }
        });
        String name = service.service().getMetadata().getNamespace() + "/"
                + service.service().getMetadata().getName();
        return new TargetGroup(service.key(), name, service.capacity(), targets);
    }

    /** Two owners of one identifier: the higher revision is newer; the UID decides between equals, alike everywhere. */
    private static Owner rightful(Owner a, Owner b) {
        return Comparator.comparingLong(Owner::revision)
                                .thenComparing(owner -> owner.target().uid())
                                .compare(a, b)
                        >= 0
                ? a
                : b;
    }

    /** Only VIPs of the Service whose family the pod can be reached in. */
    private static Set<IpPrefix> vips(Owner owner, ServiceDecision service, PodEndpoint pod) {
        Set<IpPrefix> vips = new TreeSet<>();
        // By text, so that what somebody else wrote into the annotation is compared and never parsed.
        for (IpPrefix vip : service.vips()) {
            boolean reachable = pod.addresses().stream().anyMatch(address -> address.family() == vip.family());
            if (reachable && owner.target().vips().contains(vip.toString())) {
                vips.add(vip);
            }
        }
        return vips;
    }

    private static boolean belongsTo(EndpointSlice slice, ServiceDecision service) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        return labels != null
                && slice.getMetadata().getDeletionTimestamp() == null
                && Names.MANAGED_BY.equals(labels.get(Names.MANAGED_BY_LABEL))
                && service.service().getMetadata().getName().equals(labels.get(Names.SERVICE_NAME_LABEL))
                && service.service()
                        .getMetadata()
                        .getNamespace()
                        .equals(slice.getMetadata().getNamespace());
    }

    private static SliceTargets targets(EndpointSlice slice) {
        try {
            Map<String, String> annotations = slice.getMetadata().getAnnotations();
            return SliceTargets.parse(annotations == null ? null : annotations.get(Names.TARGETS_ANNOTATION));
        } catch (FormatException e) {
            return SliceTargets.EMPTY;
        }
    }

    private record Owner(long revision, SliceTargets.Target target) {}

    /** What an endpoint's conditions allow (EndpointConditions of discovery/v1, KEP-1669), the best first. */
    private enum State {
        READY,
        /** It ends, and serves until then. */
        DRAINING,
        OUT;

        static State of(@Nullable EndpointConditions conditions) {
            if (conditions == null) {
                return OUT;
            }
            if (Boolean.TRUE.equals(conditions.getReady())) {
                return READY;
            }
            boolean drains =
                    Boolean.TRUE.equals(conditions.getServing()) && Boolean.TRUE.equals(conditions.getTerminating());
            return drains ? DRAINING : OUT;
        }
    }

    /** What all slices of a Service say about one pod; of several states, because one slice is older, the worst. */
    private record PodEndpoint(String name, State state, Set<IpAddress> addresses) {
        static void collect(Endpoint endpoint, Map<String, PodEndpoint> pods) {
            if (endpoint.getTargetRef() == null || endpoint.getTargetRef().getUid() == null) {
                return;
            }
            String name = endpoint.getTargetRef().getNamespace() + "/"
                    + endpoint.getTargetRef().getName();
            Set<IpAddress> addresses = new LinkedHashSet<>();
            for (String text : endpoint.getAddresses()) {
                @Nullable IpAddress address = addressOrNull(text);
                if (address != null) {
                    addresses.add(address);
                }
            }
            State state = State.of(endpoint.getConditions());
            pods.merge(endpoint.getTargetRef().getUid(), new PodEndpoint(name, state, addresses), PodEndpoint::and);
        }

        private PodEndpoint and(PodEndpoint other) {
            Set<IpAddress> all = new LinkedHashSet<>(addresses);
            all.addAll(other.addresses);
            return new PodEndpoint(name, state.compareTo(other.state) < 0 ? other.state : state, all);
        }

        private static @Nullable IpAddress addressOrNull(String text) {
            try {
                return IpAddress.parse(text);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        /** The first by order, so that all replicas choose the same one. */
        List<IpAddress> firstOfEachFamily() {
            List<IpAddress> first = new ArrayList<>();
            for (IpFamily family : IpFamily.values()) {
                addresses.stream()
                        .filter(address -> address.family() == family)
                        .sorted()
                        .findFirst()
                        .ifPresent(first::add);
            }
            return first;
        }
    }
}
