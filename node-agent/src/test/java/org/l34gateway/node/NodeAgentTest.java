// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.NodeReport;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Examples;
import org.l34gateway.node.probe.ProbedHops;
import org.l34gateway.node.sandbox.SandboxRefused;
import org.l34gateway.runtime.health.Verdict;
import org.l34gateway.runtime.loop.Outcome;

class NodeAgentTest {
    private static final AttachmentKey BLUE = AttachmentKey.of(Examples.BLUE);

    private final List<String> log = new ArrayList<>();
    private final ExampleCluster cluster = new ExampleCluster();
    private final FakeSandboxes sandboxes = new FakeSandboxes(log);
    private final FakeWriter writer = new FakeWriter(log);
    private long nanos = 1;
    private final FakeProbes probes = new FakeProbes();
    private final PodThreads threads = new PodThreads(1);
    private NewsTeller teller = newTeller();
    private NodeAgent agent = newAgent();

    private NewsTeller newTeller() {
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
        return new NewsTeller(
                new ClusterTeller(writer, clock, "boot-1", "1"),
                notice -> log.add(notice.about().getMetadata().getName() + " " + notice.reason()),
                () -> nanos);
    }

    private NodeAgent newAgent() {
        return newAgent(() -> Optional.of(NodeView.of(cluster.snapshot(), "node-a")));
    }

    private NodeAgent newAgent(Supplier<Optional<NodeView>> views) {
        return new NodeAgent(
                views, sandboxes, probes, news -> teller.offer(news), threads, () -> nanos, new SimpleMeterRegistry());
    }

    @AfterEach
    void stop() {
        threads.close();
    }

    @BeforeEach
    void oneRouteAndOneSandbox() {
        cluster.route("\"20.0.0.1/32\"");
        sandboxes.place("uid-a", "sandbox-1");
    }

    /** One run after so many milliseconds; gives what was done and said. */
    private List<String> run(int millisLater) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millisLater);
        log.clear();
        agent.reconcile();
        teller.reconcile();
        return List.copyOf(log);
    }

    private NodeReportSpec lastReport() {
        return writer.reports.getLast().getSpec();
    }

    @Test
    void attaches_then_says_so_and_then_does_nothing() {
        assertThat(run(0)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1]", "carts-a True Attached");
        assertThat(run(100)).isEmpty();
        assertThat(run(4_000)).isEmpty();
    }

    @Test
    void a_change_of_the_cluster_waits_for_no_look_again_but_a_look_waits_no_longer_than_twice_its_time() {
        run(0);
        sandboxes.reads = 0;
        probes.whenAsked = agent::clusterChanged;
        run(4_000);
        assertThat(sandboxes.reads).isZero();
        run(3_000);
        assertThat(sandboxes.reads).isEqualTo(1);
        probes.whenAsked = () -> {};
        run(4_000);
        assertThat(sandboxes.reads).isEqualTo(2);
    }

    /** The rollout of a release that detaches ends with it, and the plugins may go then. */
    @Test
    void says_that_pods_are_empty_only_after_it_has_looked() {
        run(0);
        var known = new AtomicBoolean();
        agent = newAgent(
                () -> Optional.of(NodeView.of(cluster.snapshot(), "node-a").detached())
                        .filter(_ -> known.get()));
        run(100);
        assertThat(agent.empty()).isEqualTo(Verdict.unhealthy("no pod was looked at yet"));
        known.set(true);
        sandboxes.beforeRead = () -> {
            throw new SandboxRefused("sandbox-1", new IllegalStateException("EPERM"));
        };
        run(100);
        assertThat(agent.empty()).isEqualTo(Verdict.unhealthy("1 pods can not be read"));
        sandboxes.beforeRead = () -> {};
        sandboxes.refusing = true;
        run(100);
        assertThat(agent.empty()).isEqualTo(Verdict.unhealthy("1 pods hold something of ours still"));
        sandboxes.refusing = false;
        run(100);
        assertThat(agent.empty()).isEqualTo(Verdict.healthy());
    }

    /** What a repair has written behind a pod's DEL goes with the pod. */
    @Test
    void looks_for_garbage_a_second_after_pods_have_gone() {
        cluster.target(1);
        run(0);
        assertThat(sandboxes.collections).isZero();
        cluster.remove("Pod/carts-a");
        run(100);
        cluster.remove("Pod/carts-1");
        run(900);
        assertThat(sandboxes.collections).isZero();
        run(100);
        assertThat(sandboxes.collections).as("of both together").isEqualTo(1);
        run(4_000);
        assertThat(sandboxes.collections).isEqualTo(1);
        run(26_000);
        assertThat(sandboxes.collections).isEqualTo(2);
    }

    @Test
    void reports_what_is_held_and_repeats_it_after_thirty_seconds() {
        run(0);
        assertThat(lastReport().bootID()).isEqualTo("boot-1");
        assertThat(lastReport().pods()).hasSize(1);
        NodeReportSpec.PodReport pod = lastReport().pods().getFirst();
        assertThat(pod.sandbox()).isEqualTo("sandbox-1");
        assertThat(pod.gateways())
                .containsExactly(new NodeReportSpec.PodGateway(
                        Examples.BLUE, List.of("20.0.0.1/32"), List.of("10.1.0.1"), 5000));
        assertThat(writer.reports
                        .getFirst()
                        .getMetadata()
                        .getOwnerReferences()
                        .getFirst()
                        .getUid())
                .isEqualTo("uid-node");
        run(29_000);
        assertThat(writer.reports).hasSize(1);
        run(1_000);
        assertThat(writer.reports).hasSize(2);
    }

    @Test
    void a_second_vip_comes_and_goes_without_touching_readiness() {
        run(0);
        cluster.route("\"20.0.0.1/32\", \"40.0.0.1/32\"");
        assertThat(run(100)).containsExactly("carts-a holds [20.0.0.1/32, 40.0.0.1/32] via [10.1.0.1]");
        cluster.report("1", "\"20.0.0.1/32\", \"40.0.0.1/32\"");
        cluster.route("\"20.0.0.1/32\"");
        assertThat(run(100)).as("a gateway sends to it").isEmpty();
        cluster.report("1", "\"20.0.0.1/32\"");
        assertThat(run(100)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1]");
    }

    @Test
    void an_unwanted_vip_goes_after_ten_seconds_whatever_gateways_say() {
        run(0);
        cluster.report("1", "\"20.0.0.1/32\"");
        cluster.remove("L34Route/all");
        assertThat(run(100)).isEmpty();
        assertThat(run(9_900)).isEmpty();
        assertThat(run(100)).containsExactly("carts-a holds [] via [10.1.0.1]");
    }

    @Test
    void a_gateway_pod_without_report_is_not_evidence() {
        run(0);
        cluster.gatewayPod("2");
        cluster.remove("L34Route/all");
        assertThat(run(100)).isEmpty();
        assertThat(run(10_000)).containsExactly("carts-a holds [] via [10.1.0.1]");
    }

    @Test
    void after_the_gateway_is_deleted_nothing_stays_and_the_pod_keeps_its_readiness() {
        run(0);
        cluster.remove("Gateway/blue");
        cluster.remove("Pod/blue-1");
        cluster.remove("GatewayReport/blue-1");
        assertThat(run(100)).containsExactly("carts-a holds [] via []", "carts-a True NothingToAttach");
    }

    @Test
    void a_leaving_pod_keeps_everything() {
        run(0);
        cluster.target("deletionTimestamp: \"2026-01-01T00:00:00Z\"");
        cluster.remove("L34Route/all");
        assertThat(run(100)).isEmpty();
        assertThat(run(20_000)).isEmpty();
        assertThat(sandboxes.held).containsEntry("sandbox-1", Map.of(BLUE, Examples.held("20.0.0.1", "10.1.0.1")));
    }

    @Test
    void a_foreign_edit_is_repaired_at_the_next_recheck() {
        run(0);
        sandboxes.held.put("sandbox-1", Map.of(BLUE, Examples.held("", "10.1.0.1")));
        assertThat(run(100)).isEmpty();
        assertThat(run(3_000)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1]");
    }

    @Test
    void between_rechecks_sandboxes_are_not_read() {
        run(0);
        int reads = sandboxes.reads;
        run(100);
        run(100);
        assertThat(sandboxes.reads).isEqualTo(reads);
    }

    @Test
    void a_new_sandbox_makes_the_pod_unready_first() {
        run(0);
        sandboxes.place("uid-a", "sandbox-2");
        assertThat(run(4_000))
                .containsExactly(
                        "carts-a holds [20.0.0.1/32] via [10.1.0.1]",
                        "carts-a False SandboxChanged",
                        "carts-a True Attached");
    }

    @Test
    void a_new_sandbox_is_looked_for_as_soon_as_the_kubelet_writes_about_the_pod() {
        run(0);
        sandboxes.place("uid-a", "sandbox-2");
        assertThat(run(100)).isEmpty();
        cluster.written("Pod/carts-a");
        assertThat(run(100)).contains("carts-a False SandboxChanged");
    }

    @Test
    void a_report_is_written_when_what_it_says_changed_and_not_before() {
        run(0);
        cluster.written("Pod/carts-a");
        run(2_000);
        run(4_000);
        assertThat(writer.reports).hasSize(1);
        cluster.route("\"20.0.0.1/32\", \"40.0.0.1/32\"");
        run(100);
        assertThat(writer.reports).hasSize(2);
    }

    @Test
    void a_restarted_agent_finds_everything_and_changes_nothing() {
        run(0);
        NodeReport report = writer.reports.getLast();
        report.getMetadata().setName("node-a");
        cluster.put(ExampleCluster.YAML.asYaml(report));
        agent = newAgent();
        teller = newTeller();
        assertThat(run(100)).containsExactly("carts-a True Attached");
    }

    @Test
    void what_the_kernel_refuses_is_said_and_tried_again() {
        sandboxes.refusing = true;
        assertThat(run(0)).containsExactly("carts-a False KernelRefused");
        assertThat(lastReport().pods().getFirst().problems().getFirst().reason())
                .isEqualTo("KernelRefused");
        sandboxes.refusing = false;
        assertThat(run(3_000)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1]", "carts-a True Attached");
    }

    @Test
    void an_outage_of_the_api_server_stops_no_work_on_sandboxes() {
        writer.down = true;
        assertThat(run(0)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1]", "no answer");
        sandboxes.held.put("sandbox-1", Map.of(BLUE, Examples.held("", "10.1.0.1")));
        assertThat(run(3_000)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1]", "no answer");
        writer.down = false;
        assertThat(run(3_000)).containsExactly("carts-a True Attached");
        assertThat(writer.reports).hasSize(1);
    }

    @Test
    void a_pod_that_is_being_created_is_found_as_soon_as_its_records_are_there() {
        sandboxes.placed.clear();
        run(0);
        sandboxes.place("uid-a", "sandbox-1");
        sandboxes.held.put("sandbox-1", Map.of(BLUE, Examples.held("20.0.0.1", "")));
        assertThat(run(100)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1]", "carts-a True Attached");
    }

    @Test
    void later_trouble_leaves_the_pod_ready() {
        run(0);
        cluster.route("\"20.0.0.1/32\", \"40.0.0.1/32\"");
        sandboxes.refusing = true;
        assertThat(run(3_000)).containsExactly("carts-a True PartlyAttached");
    }

    @Test
    void a_pod_whose_namespace_nobody_finds_is_told_so() {
        sandboxes.placed.clear();
        assertThat(run(0)).containsExactly("carts-a False NamespaceNotFound");
    }

    @Test
    void a_next_hop_on_no_link_of_the_pod_is_a_problem_of_the_report_only() {
        cluster.put("""
            apiVersion: l34.gateway.api.poc/v1alpha1
            kind: GatewayReport
            metadata: {name: blue-1, namespace: shop}
            spec:
              gateway: {namespace: shop, name: blue, uid: uid-blue}
              podUID: uid-blue-1
              observedAt: "2026-01-01T00:00:00Z"
              programmed: true
              addresses: [172.16.0.1]
              defaultRoutes: [IPv4]
            """);
        assertThat(run(0)).contains("carts-a True Attached");
        assertThat(lastReport().pods().getFirst().problems().getFirst().reason())
                .isEqualTo("NextHopNotOnLink");
    }

    @Test
    void a_next_hop_that_does_not_answer_is_left_out_probed_on_and_put_back() {
        twoGatewayPods();
        run(0);
        probes.dead("10.1.0.2");
        assertThat(run(100)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1]");
        assertThat(probes.watched.values())
                .singleElement()
                .isEqualTo(new ProbedHops.Hops(
                        "shop/carts-a",
                        Map.of(IpAddress.parse("10.1.0.1"), hop("1"), IpAddress.parse("10.1.0.2"), hop("2"))));
        run(1_000);
        assertThat(lastReport().pods().getFirst().gateways().getFirst().nextHops())
                .containsExactly("10.1.0.1");
        assertThat(run(3_000)).isEmpty();
        probes.dead("");
        assertThat(run(100)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1, 10.1.0.2]");
    }

    @Test
    void when_no_next_hop_answers_all_stay() {
        twoGatewayPods();
        run(0);
        probes.dead("10.1.0.1 10.1.0.2");
        assertThat(run(100)).isEmpty();
        probes.dead("10.1.0.2");
        assertThat(run(100)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1]");
        probes.dead("10.1.0.1 10.1.0.2");
        assertThat(run(100)).containsExactly("carts-a holds [20.0.0.1/32] via [10.1.0.1, 10.1.0.2]");
    }

    @Test
    void a_death_is_acted_upon_before_sandboxes_are_read_again() {
        twoGatewayPods();
        run(0);
        probes.dead("10.1.0.2");
        sandboxes.beforeRead = () -> log.add("read");
        assertThat(run(4_000)).first().isEqualTo("carts-a holds [20.0.0.1/32] via [10.1.0.1]");
    }

    @Test
    void a_pod_in_the_host_s_network_is_refused_with_an_event_and_its_addresses_stay_out_of_it() {
        cluster.put("""
            apiVersion: v1
            kind: Pod
            metadata: {name: carts-host, namespace: shop, uid: uid-host, resourceVersion: "1", labels: {app: carts}}
            spec: {nodeName: node-a, hostNetwork: true}
            status: {phase: Running, podIPs: [{ip: 10.0.0.7}]}
            """);
        assertThat(run(0))
                .containsExactly(
                        "carts-a holds [20.0.0.1/32] via [10.1.0.1]",
                        "carts-a True Attached",
                        "carts-host HostNetwork");
        assertThat(lastReport().pods())
                .extracting(NodeReportSpec.PodReport::uid)
                .containsExactly("uid-a");
        cluster.remove("L34Route/all");
        cluster.remove("Gateway/blue");
        assertThat(run(100)).doesNotContain("carts-host HostNetwork");
    }

    private static ProbedHops.Hop hop(String number) {
        return new ProbedHops.Hop(3, Set.of("uid-blue-" + number + "@2026-01-01T00:00:00Z"));
    }

    private void twoGatewayPods() {
        cluster.gatewayPod("2");
        cluster.report("2", "");
    }

    @Test
    void without_a_snapshot_nothing_is_written() {
        NodeAgent early = new NodeAgent(
                Optional::empty, sandboxes, probes, teller::offer, threads, () -> nanos, new SimpleMeterRegistry());
        assertThat(early.reconcile()).isEqualTo(Outcome.done());
        assertThat(writer.reports).isEmpty();
    }

    @Test
    void the_next_run_comes_when_the_next_thing_is_due() {
        assertThat(agent.reconcile()).isEqualTo(Outcome.after(Duration.ofSeconds(3)));
    }
}
