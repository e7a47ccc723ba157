// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.linux.testing.InScratchNetns;

/** The whole process with the rights that the chart gives it, and with fewer; the API server is an example on loopback. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class AgentProcessKernelTest {
    private static final String BOTH = "+net_admin,+sys_admin";
    /** Bits 12 and 21 (linux/capability.h). */
    private static final String BOTH_BITS = "0000000000201000";

    @TempDir
    Path folder;

    private final ExampleCluster cluster = new ExampleCluster();

    @BeforeEach
    void oneRoute() throws IOException {
        Files.createDirectory(folder.resolve("netns"));
        cluster.route("\"20.0.0.1/32\", \"2000::1/128\", \"30.0.0.0/24\"");
    }

    private AgentProcess start(ExampleApiServer api, String capabilities) throws IOException {
        return AgentProcess.start(folder, api.kubeconfig(folder.resolve("kubeconfig")), capabilities);
    }

    private PodNetns pod() {
        return new PodNetns(folder.resolve("netns/cni-target"), "10.0.0.7/24", "10.1.0.50/24");
    }

    private static boolean said(ExampleApiServer api, String... words) {
        return api.writes.stream().anyMatch(body -> List.of(words).stream().allMatch(body::contains));
    }

    @Test
    void two_capabilities_and_a_read_only_root_are_enough_for_everything() throws Exception {
        try (PodNetns pod = pod();
                ExampleApiServer api = new ExampleApiServer(cluster);
                AgentProcess agent = start(api, BOTH)) {
            agent.await("attached", () -> said(api, "\"status\":\"True\"", "\"Attached\""));
            for (String set : List.of("CapEff", "CapPrm", "CapBnd")) {
                assertThat(agent.status(set)).as(set).isEqualTo(BOTH_BITS);
            }
            assertThat(agent.status("CapAmb")).isEqualTo("0000000000000000");
            assertThat(agent.status("NoNewPrivs")).isEqualTo("1");

            SortedSet<String> attached = pod.holds();
            assertThat(attached)
                    .contains("vip 20.0.0.1/32", "vip 2000::1/128", "route 30.0.0.0/24 255 LOCAL null")
                    .contains("route 0.0.0.0/0 5000 UNICAST 10.1.0.1", "route ::/0 5000 UNREACHABLE");
            assertThat(pod.parameter("net/ipv4/fib_multipath_hash_policy")).isEqualTo("1");
            assertThat(folder.resolve("cni/policy-route")).hasContent("policy-route");
            assertThat(agent.get("/readyz")).startsWith("200").contains("watches ok", "plugins ok", "pods ok");
            assertThat(agent.get("/healthz")).startsWith("200");
            agent.await("the report", () -> said(api, "NodeReport", "cni-target"));

            api.stop();
            agent.await("silence", () -> watchAge(agent) > 5);
            assertThat(pod.holds()).as("while the API server is down").isEqualTo(attached);
            pod.loseVip("20.0.0.1");
            pod.flushTable();
            pod.setParameter("net/ipv4/fib_multipath_hash_policy", "0");
            RunningAgent.awaitMillis(
                    "repaired", Duration.ofSeconds(10), () -> pod.holds().equals(attached));
            assertThat(pod.parameter("net/ipv4/fib_multipath_hash_policy")).isEqualTo("1");
            assertThat(agent.get("/healthz")).startsWith("200");
            assertThat(agent.get("/readyz")).startsWith("200");

            assertThat(agent.stop()).as(agent.log()).isZero();
            assertThat(pod.holds()).as("after the end of the process").isEqualTo(attached);
        }
    }

    @Test
    void it_reads_no_pods_but_its_node_s_and_gateways_and_serves_the_documented_metrics() throws Exception {
        try (PodNetns _ = pod();
                ExampleApiServer api = new ExampleApiServer(cluster);
                AgentProcess agent = start(api, BOTH)) {
            agent.await("attached", () -> said(api, "\"status\":\"True\"", "\"Attached\""));
            String ours = "/apis/l34.gateway.api.poc/v1alpha1/";
            assertThat(api.lists)
                    .containsExactlyInAnyOrder(
                            "/api/v1/pods?fieldSelector=spec.nodeName=node-a",
                            "/api/v1/pods?labelSelector=service.kubernetes.io/service-proxy-name",
                            "/api/v1/services?labelSelector=service.kubernetes.io/service-proxy-name",
                            "/api/v1/nodes?fieldSelector=metadata.name=node-a",
                            "/apis/gateway.networking.k8s.io/v1/gatewayclasses",
                            "/apis/gateway.networking.k8s.io/v1/gateways",
                            ours + "l34routes",
                            ours + "gatewayreports",
                            ours + "nodereports?fieldSelector=metadata.name=node-a");

            String documented = Files.readString(
                    Path.of(System.getProperty("l34.root", "..")).resolve("docs/metrics.md"));
            assertThat(metrics(agent.get("/metrics"))).isEqualTo(metrics(documented));
            assertThat(agent.get("/metrics"))
                    .contains("\nl34_node_pods_attached 1.0\n", "{loop=\"pods\",result=\"ok\"}");
        }
    }

    /** Names of node-agent's own metrics in a text. */
    private static SortedSet<String> metrics(String text) {
        return Pattern.compile("\\bl34_node_[a-z_]+")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The longest silence of any watch, in seconds. */
    private static double watchAge(AgentProcess agent) {
        return Pattern.compile("^l34_watch_age_seconds\\{.*} (\\S+)$", Pattern.MULTILINE)
                .matcher(agent.get("/metrics"))
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .max()
                .orElse(0);
    }

    @Test
    void without_net_admin_nothing_can_be_changed() throws Exception {
        try (PodNetns pod = pod();
                ExampleApiServer api = new ExampleApiServer(cluster);
                AgentProcess agent = start(api, "+sys_admin")) {
            agent.await("refused", () -> said(api, "\"status\":\"False\"", "EPERM"));
            assertThat(pod.holds()).isEmpty();
        }
    }

    @Test
    void without_sys_admin_no_namespace_can_be_entered() throws Exception {
        try (PodNetns pod = pod();
                ExampleApiServer api = new ExampleApiServer(cluster);
                AgentProcess agent = start(api, "+net_admin")) {
            assertThat(agent.awaitExit()).isEqualTo(1);
            assertThat(agent.log()).contains("mount", "EPERM");
            assertThat(pod.holds()).isEmpty();
        }
    }
}
