// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.GatewayRouter;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.controller.slices.GatewayPod;
import org.l34gateway.controller.slices.GatewaySlices;
import org.l34gateway.controller.slices.ServiceSlices;
import org.l34gateway.controller.status.ClassStatusDecision;
import org.l34gateway.controller.status.GatewayFacts;
import org.l34gateway.controller.status.GatewayStatusDecision;
import org.l34gateway.controller.status.Reach;
import org.l34gateway.controller.status.RouteStatusDecision;
import org.l34gateway.controller.status.RouterStatusDecision;
import org.l34gateway.controller.workload.GatewayWorkload;
import org.l34gateway.controller.workload.WorkloadPlan;
import org.l34gateway.program.TargetGroup;
import org.l34gateway.routing.GatewayDecision;
import org.l34gateway.routing.RouteDecision;
import org.l34gateway.routing.RouterDecision;
import org.l34gateway.routing.ServiceDecision;

/**
 * Status of all objects of one run.
 *
 * @param workloads by UID of the Gateway
 * @param refusals what the API server refused of a Gateway's workload in this run
 */
record StatusStep(
        Decided decided,
        Map<String, GatewayWorkload> workloads,
        Map<WorkloadPlan.Key, String> refusals,
        Writes writes,
        Instant now) {
    private static final String BUNDLE_VERSION = "gateway.networking.k8s.io/bundle-version";

    private World world() {
        return decided.world();
    }

    void run(Bulkhead bulkhead) {
        for (GatewayClass each : world().snapshot().all(GatewayClass.class)) {
            bulkhead.run(
                    what(each),
                    () -> ClassStatusDecision.decide(each, bundleVersion(), now).ifPresent(writes::status));
        }
        Set<String> adopted = new HashSet<>();
        for (GatewayDecision decision : world().decisions()) {
            decision.routers()
                    .forEach(router -> adopted.add(router.router().getMetadata().getUid()));
            GatewayStep step = decided.steps().get(decision.ref().uid());
            GatewayWorkload workload = workloads.get(decision.ref().uid());
            if (step == null || workload == null) {
                continue;
            }
            bulkhead.run(what(decision.gateway()), () -> {
                GatewayFacts facts = facts(decision, step, workload);
                GatewayStatusDecision.decide(decision, facts, now).ifPresent(writes::status);
                for (RouterDecision router : decision.routers()) {
                    bulkhead.run(
                            what(router.router()),
                            () -> RouterStatusDecision.decide(router, facts, now)
                                    .ifPresent(writes::status));
                }
            });
        }
        for (GatewayRouter router : world().snapshot().all(GatewayRouter.class)) {
            if (!adopted.contains(router.getMetadata().getUid())) {
                bulkhead.run(
                        what(router),
                        () -> RouterStatusDecision.orphan(router, now).ifPresent(writes::status));
            }
        }
        for (L34Route route : world().snapshot().all(L34Route.class)) {
            bulkhead.run(
                    what(route),
                    () -> RouteStatusDecision.decide(route, parents(route), now).ifPresent(writes::status));
        }
    }

    private GatewayFacts facts(GatewayDecision decision, GatewayStep step, GatewayWorkload workload) {
        List<GatewayFacts.Problem> problems = new ArrayList<>();
        WorkloadPlan.Key key = WorkloadStep.keyOf(decision);
        @Nullable String refused = refusals.get(key);
        if (refused != null) {
            problems.add(new GatewayFacts.Problem("WorkloadRefused", refused));
        }
        Set<String> silent = silentNodes(step);
        if (!silent.isEmpty()) {
            String message = "no live node-agent on " + String.join(", ", silent)
                    + ": targets there are not attached or watched over";
            problems.add(new GatewayFacts.Problem("NodeAgentMissing", message));
            writes.warn(decision.gateway(), "Attach", "NodeAgentMissing", message);
        }
        problems.addAll(Reach.problems(step.pods(), podNames(decision.ref().namespace())));
        if (!step.slices().laggards().isEmpty()) {
            problems.add(new GatewayFacts.Problem(
                    "NextHopLagging", String.join(", ", step.slices().laggards())));
        }
        step.slices().services().forEach(each -> {
            ServiceDecision service = each.service();
            ServiceSlices slices = each.slices();
            String name = service.service().getMetadata().getName();
            if (service.problem() != null) {
                problems.add(new GatewayFacts.Problem("ServiceInvalid", "Service " + name + ": " + service.problem()));
            }
            if (!slices.leftOut().isEmpty()) {
                problems.add(new GatewayFacts.Problem(
                        "TargetsLeftOut",
                        "Service " + name + " has " + service.capacity() + " identifiers (label "
                                + Names.MAX_ENDPOINTS_LABEL + ", at most " + TargetGroup.MAX_CAPACITY + "); left out: "
                                + String.join(", ", slices.leftOut())));
            }
        });
        @Nullable
        Deployment deployment = world().snapshot()
                .find(Deployment.class, key.namespace(), key.workload())
                .orElse(null);
        return new GatewayFacts(workload, deployment, step.pods(), stale(step), problems);
    }

    /** Names of a namespace's pods, by UID. */
    private Map<String, String> podNames(String namespace) {
        Map<String, String> names = new HashMap<>();
        world().snapshot()
                .in(namespace, Pod.class)
                .forEach(pod ->
                        names.put(pod.getMetadata().getUid(), pod.getMetadata().getName()));
        return names;
    }

    /** Nodes with targets and without an agent that reports; sorted. */
    private Set<String> silentNodes(GatewayStep step) {
        Set<String> silent = new TreeSet<>();
        for (GatewaySlices.OfService service : step.slices().services()) {
            for (ServiceSlices.Target target : service.slices().targets()) {
                if (!target.nodeName().isEmpty() && !world().agentLives(target.nodeName())) {
                    silent.add(target.nodeName());
                }
            }
        }
        return silent;
    }

    private List<String> stale(GatewayStep step) {
        return step.pods().stream()
                .filter(pod -> pod.report() != null
                        && world().staleReports()
                                .contains(pod.report().getMetadata().getUid()))
                .map(GatewayPod::name)
                .toList();
    }

    private List<RouteStatusDecision.AtParent> parents(L34Route route) {
        List<RouteStatusDecision.AtParent> parents = new ArrayList<>();
        for (GatewayDecision decision : world().decisions()) {
            for (RouteDecision each : decision.routes()) {
                if (each.route()
                        .getMetadata()
                        .getUid()
                        .equals(route.getMetadata().getUid())) {
                    parents.add(new RouteStatusDecision.AtParent(each, decision.kind()));
                }
            }
        }
        return parents;
    }

    private @Nullable String bundleVersion() {
        return world().snapshot()
                .find(CustomResourceDefinition.class, "", WatchedKinds.GATEWAY_CRD)
                .flatMap(definition ->
                        Optional.ofNullable(definition.getMetadata().getAnnotations()))
                .map(annotations -> annotations.get(BUNDLE_VERSION))
                .orElse(null);
    }

    private static String what(HasMetadata object) {
        return "status of " + object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                + object.getMetadata().getName();
    }
}
