// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.api.NodeReportSpec;
import org.l34gateway.api.Report;
import org.l34gateway.cni.Attachment;
import org.l34gateway.cni.AttachmentKey;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.GatewayRef;
import org.l34gateway.cni.PodRef;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.cni.sbr.RouteAttachment;
import org.l34gateway.cni.sbr.RouteWanted;
import org.l34gateway.cni.vip.VipAttachment;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.Route;
import org.l34gateway.node.plan.Examples;
import org.l34gateway.node.sandbox.LinuxSandboxes;

/** The whole agent against real namespaces; the cluster is YAML, the clock a number. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class NodeAgentKernelTest {
    private static final org.l34gateway.node.plan.AttachmentKey BLUE =
            org.l34gateway.node.plan.AttachmentKey.of(Examples.BLUE);
    private static final String[] ONE_VIP = {
        "vip 20.0.0.1/32",
        "rule 20.0.0.1/32 5000",
        "route 0.0.0.0/0 5000 UNICAST 10.1.0.1",
        "route 0.0.0.0/0 5000 UNREACHABLE"
    };

    @TempDir
    Path folder;

    private final List<String> log = new ArrayList<>();
    private final ExampleCluster cluster = new ExampleCluster();
    private final FakeWriter writer = new FakeWriter(log);
    private final MeterRegistry metrics = new SimpleMeterRegistry();
    private final List<PodNetns> pods = new ArrayList<>();
    private final PodThreads threads = new PodThreads(2);
    private AttachmentRecords records;
    private NodeAgent agent;
    private NewsTeller teller;
    private long nanos = 1;

    @BeforeEach
    void oneRouteAndNoSandbox() throws IOException {
        Files.createDirectory(folder.resolve("netns"));
        records = new AttachmentRecords(
                new JvmHost(), folder.resolve("data/attachments").toString());
        teller = newTeller();
        agent = newAgent();
        cluster.route("\"20.0.0.1/32\"");
    }

    @AfterEach
    void unmount() {
        threads.close();
        pods.forEach(PodNetns::close);
    }

    private NewsTeller newTeller() {
        return new NewsTeller(
                new ClusterTeller(writer, InstantSource.system(), records.bootId(), "1"), _ -> {}, () -> nanos);
    }

    private NodeAgent newAgent() {
        return new NodeAgent(
                () -> Optional.of(NodeView.of(cluster.snapshot(), "node-a")),
                new LinuxSandboxes(records, folder.resolve("netns")),
                new FakeProbes(),
                news -> teller.offer(news),
                threads,
                () -> nanos,
                metrics);
    }

    private PodNetns pod(String name, String eth0) {
        PodNetns pod = new PodNetns(folder.resolve("netns").resolve(name), eth0, "10.1.0.50/24");
        pods.add(pod);
        return pod;
    }

    /** What the plugins do when Multus calls them; the runtime's path is another name of the same mount. */
    private void plugins(String container, String netns) {
        Attachment vip = attachment(container, BLUE.vipInterface(), netns);
        VipAttachment.apply(records, vip, Examples.vips("20.0.0.1"));
        Attachment route = attachment(container, BLUE.routeInterface(), netns);
        RouteAttachment.apply(records, route, RouteWanted.of(Examples.vips("20.0.0.1"), List.of()));
    }

    private Attachment attachment(String container, String ifname, String netns) {
        return new Attachment(
                new AttachmentKey(container, ifname),
                folder.resolve("netns").resolve(netns).toString(),
                "policy-route",
                new PodRef("shop", "carts-a", "uid-a"),
                new GatewayRef("shop", "blue"));
    }

    private List<String> run(int millisLater) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millisLater);
        log.clear();
        agent.reconcile();
        teller.reconcile();
        return List.copyOf(log);
    }

    private double changes() {
        return metrics.counter("l34.node.changes").count();
    }

    private NodeReportSpec.PodReport reported() {
        return writer.reports.getLast().getSpec().pods().getFirst();
    }

    @Test
    void adopts_a_pod_by_its_address() {
        PodNetns other = pod("cni-other", "10.0.0.8/24");
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        assertThat(run(0)).containsExactly("carts-a True Attached");
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
        assertThat(target.parameter("net/ipv4/fib_multipath_hash_policy")).isEqualTo("1");
        assertThat(other.holds()).isEmpty();
        assertThat(other.parameter("net/ipv4/fib_multipath_hash_policy")).isEqualTo("0");
        assertThat(reported().sandbox()).isEqualTo("cni-target");
        assertThat(reported().podIPs()).containsExactly("10.0.0.7");
        assertThat(records.list())
                .extracting(AttachmentRecord::who)
                .extracting(Attachment::pod)
                .containsOnly(new PodRef("shop", "carts-a", "uid-a"));
    }

    @Test
    void a_pod_from_before_the_gateway_is_attached_when_the_gateway_comes() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        ExampleCluster later = new ExampleCluster();
        later.copyFrom(cluster);
        cluster.remove("Gateway/blue");
        assertThat(run(0)).containsExactly("carts-a True NothingToAttach");
        assertThat(target.holds()).isEmpty();
        cluster.copyFrom(later);
        assertThat(run(100)).containsExactly("carts-a True Attached");
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
    }

    @Test
    void adopts_nobody_when_two_namespaces_have_the_address() {
        PodNetns one = pod("cni-one", "10.0.0.7/24");
        PodNetns two = pod("cni-two", "10.0.0.7/24");
        assertThat(run(0)).containsExactly("carts-a False NamespaceNotFound");
        assertThat(one.holds()).isEmpty();
        assertThat(two.holds()).isEmpty();
    }

    @Test
    void takes_up_what_the_plugins_made_and_adds_next_hop_and_vip() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        plugins("c0ffee", "cni-target");
        assertThat(run(0)).containsExactly("carts-a True Attached");
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
        assertThat(reported().sandbox()).isEqualTo("c0ffee");
        cluster.route("\"20.0.0.1/32\", \"40.0.0.1/32\", \"2000::1/128\"");
        run(1_000);
        assertThat(target.holds()).contains("vip 40.0.0.1/32", "rule 40.0.0.1/32 5000");
        assertThat(target.holds()).contains("vip 2000::1/128", "rule 2000::1/128 5000", "route ::/0 5000 UNREACHABLE");
        assertThat(reported().gateways().getFirst().vips())
                .containsExactly("20.0.0.1/32", "40.0.0.1/32", "2000::1/128");
    }

    @Test
    void the_record_tells_a_path_that_this_process_knows_by_another_directory() {
        pod("cni-target", "10.0.0.7/24");
        plugins("c0ffee", "cni-target");
        AttachmentRecord record = records.list().getFirst();
        Attachment elsewhere = new Attachment(
                record.who().key(),
                "/var/run/elsewhere/cni-target",
                "n",
                record.who().pod(),
                record.who().gateway());
        try (SandboxLock sandbox = records.lock("c0ffee")) {
            sandbox.write(new AttachmentRecord(record.plugin(), record.bootId(), elsewhere, record.holds()));
        }
        assertThat(run(0)).containsExactly("carts-a True Attached");
    }

    @Test
    void next_hops_change_and_a_new_one_is_not_taken_for_its_predecessor() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        run(0);
        target.remember("10.1.0.2");
        cluster.gatewayPod("2");
        cluster.report("2", "");
        run(100);
        assertThat(target.holds()).contains("route 0.0.0.0/0 5000 UNICAST 10.1.0.1 10.1.0.2");
        assertThat(target.remembers("10.1.0.2")).isFalse();
        cluster.remove("Pod/blue-1");
        run(100);
        assertThat(target.holds()).contains("route 0.0.0.0/0 5000 UNICAST 10.1.0.2");
        cluster.remove("Pod/blue-2");
        run(100);
        assertThat(target.holds())
                .contains("vip 20.0.0.1/32", "route 0.0.0.0/0 5000 UNREACHABLE")
                .noneMatch(text -> text.contains("UNICAST"));
    }

    @Test
    void a_vip_stays_while_a_gateway_sends_to_it_and_for_ten_seconds_at_most() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        run(0);
        cluster.report("1", "\"20.0.0.1/32\"");
        cluster.remove("L34Route/all");
        run(100);
        run(9_900);
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
        run(100);
        assertThat(target.holds())
                .containsExactlyInAnyOrder("route 0.0.0.0/0 5000 UNICAST 10.1.0.1", "route 0.0.0.0/0 5000 UNREACHABLE");
    }

    @Test
    void after_the_gateway_nothing_is_left_and_a_new_one_finds_the_same_sandbox() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        plugins("c0ffee", "cni-target");
        run(0);
        cluster.remove("Gateway/blue");
        cluster.remove("Pod/blue-1");
        assertThat(run(100)).containsExactly("carts-a True NothingToAttach");
        assertThat(target.holds()).isEmpty();
        teller = newTeller();
        agent = newAgent();
        ExampleCluster again = new ExampleCluster();
        again.route("\"20.0.0.1/32\"");
        cluster.copyFrom(again);
        assertThat(run(3_000)).containsExactly("carts-a True Attached");
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
        assertThat(reported().sandbox()).isEqualTo("c0ffee");
    }

    @Test
    void a_prefix_is_held_as_a_route_repaired_and_taken_away() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        cluster.route("\"20.0.0.0/24\", \"2000::/64\"");
        assertThat(run(0)).containsExactly("carts-a True Attached");
        String[] held = {
            "route 20.0.0.0/24 255 LOCAL null",
            "route 2000::/64 255 LOCAL null",
            "rule 20.0.0.0/24 5000",
            "rule 2000::/64 5000",
            "route 0.0.0.0/0 5000 UNICAST 10.1.0.1",
            "route 0.0.0.0/0 5000 UNREACHABLE",
            "route ::/0 5000 UNREACHABLE"
        };
        assertThat(target.holds()).containsExactlyInAnyOrder(held);
        assertThat(reported().gateways().getFirst().vips()).containsExactly("20.0.0.0/24", "2000::/64");
        target.kernel(kernel -> kernel.delete(Route.local(IpPrefix.parse("20.0.0.0/24"), 1)));
        run(3_000);
        assertThat(target.holds()).containsExactlyInAnyOrder(held);
        double before = changes();
        agent = newAgent();
        run(3_000);
        assertThat(changes()).isEqualTo(before);
        cluster.route("\"20.0.0.1/32\"");
        run(100);
        run(10_000);
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
    }

    @Test
    void a_prefix_around_a_network_of_the_pod_is_refused_with_the_reason_and_the_rest_is_held() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        cluster.route("\"10.0.0.0/8\", \"20.0.0.1/32\"");
        assertThat(run(0)).containsExactly("carts-a False VipOverlapsNetwork");
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
        assertThat(reported().problems())
                .extracting(Report.Problem::message)
                .containsExactly(
                        "VIP 10.0.0.0/8 of Gateway blue overlaps with a network to which the pod is connected");
        cluster.route("\"20.0.0.1/32\"");
        assertThat(run(100)).containsExactly("carts-a True Attached");
    }

    @Test
    void a_restarted_agent_changes_nothing() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        run(0);
        double before = changes();
        teller = newTeller();
        agent = newAgent();
        run(100);
        run(3_000);
        assertThat(changes()).isEqualTo(before);
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
    }

    @Test
    void foreign_edits_are_repaired() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        run(0);
        target.loseVip("20.0.0.1");
        run(3_000);
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
        target.loseRules();
        run(3_000);
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
    }

    @Test
    void a_new_sandbox_of_an_adopted_pod_is_adopted_too_and_the_old_record_goes() {
        PodNetns old = pod("cni-old", "10.0.0.7/24");
        run(0);
        pods.remove(old);
        old.close();
        PodNetns fresh = pod("cni-fresh", "10.0.0.7/24");
        assertThat(run(4_000)).containsExactly("carts-a False SandboxChanged", "carts-a True Attached");
        assertThat(fresh.holds()).containsExactlyInAnyOrder(ONE_VIP);
        run(30_000);
        assertThat(records.list())
                .extracting(record -> record.who().key().containerId())
                .containsOnly("cni-fresh");
    }

    @Test
    void records_go_with_pod_and_namespace_but_not_with_one_of_them() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        run(0);
        cluster.remove("Pod/carts-a");
        run(31_000);
        assertThat(records.list()).as("the runtime has not called DEL yet").isNotEmpty();
        cluster.target("");
        pods.remove(target);
        target.close();
        run(31_000);
        assertThat(records.list()).as("the mounts may be what is missing").isNotEmpty();
        cluster.remove("Pod/carts-a");
        run(31_000);
        assertThat(records.list()).isEmpty();
    }

    @Test
    void a_leaving_pod_keeps_everything_until_the_plugins_take_it() {
        PodNetns target = pod("cni-target", "10.0.0.7/24");
        plugins("c0ffee", "cni-target");
        run(0);
        cluster.target("deletionTimestamp: \"2026-01-01T00:00:00Z\"");
        cluster.remove("L34Route/all");
        run(20_000);
        assertThat(target.holds()).containsExactlyInAnyOrder(ONE_VIP);
        VipAttachment.remove(records, new AttachmentKey("c0ffee", BLUE.vipInterface()), "");
        RouteAttachment.remove(records, new AttachmentKey("c0ffee", BLUE.routeInterface()), "");
        run(3_000);
        assertThat(target.holds()).isEmpty();
        assertThat(records.list()).isEmpty();
    }
}
