// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.lab.host.Cgroups;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.host.HostStarter;
import org.l34gateway.lab.host.LabProcesses;
import org.l34gateway.lab.process.Command;
import org.l34gateway.lab.process.CommandFailed;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.topology.Topology;
import org.l34gateway.lab.topology.Vlans;

/** A lab of its own, from up to down, beside any other that may be up. */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final LabName name = new LabName("t" + Integer.toUnsignedString(new Random().nextInt(), 36));
    private final Progress progress = new Progress(System.err);
    private Lab lab = new Lab(new LabState(name.text(), "/nowhere", Map.of(), LabState.Phase.STARTING, Map.of()));

    @BeforeAll
    void up() {
        lab = Labs.up(name, Vlans.BRIDGES, progress);
        lab.apply(resource("lab-test.yaml"));
        lab.kubectl("rollout", "status", "deployment/server", "--timeout=120s");
        lab.kubectl("rollout", "status", "daemonset/watcher", "--timeout=120s");
    }

    @AfterAll
    void down() {
        Labs.down(name, progress);
        assertNothingIsLeft(name);
    }

    @Test
    void a_lab_that_is_up_is_kept_and_what_ended_in_it_is_started_again() {
        Host cp = lab.node(1);
        String before = lab.kubectl("get", "node", "node1", "-o=jsonpath={.metadata.uid}");
        String proxy = cp.command("pgrep", "-x", "kube-proxy").output();
        cp.command("kill", "-9", proxy).output();
        lab.await("end of kube-proxy", SOON, () -> !cp.runs(Long.parseLong(proxy)));
        Lab again = Labs.up(name, Vlans.BRIDGES, progress);
        assertThat(again.kubectl("get", "node", "node1", "-o=jsonpath={.metadata.uid}"))
                .isEqualTo(before);
        assertThat(cp.command("pgrep", "-x", "kube-proxy").output()).isNotEqualTo(proxy);
    }

    @Test
    void pods_have_addresses_of_both_families_on_both_networks_and_reach_each_other_across_nodes() {
        List<String> pods = words(lab.kubectl("get", "pods", "-l=app=server", "-o=jsonpath={.items[*].metadata.name}"));
        assertThat(words(lab.kubectl("get", "pods", "-l=app=server", "-o=jsonpath={.items[*].spec.nodeName}")))
                .containsExactlyInAnyOrder("node1", "node2");
        String other = lab.kubectl("get", "pod", pods.getLast(), "-o=jsonpath={.status.podIPs[*].ip}");
        String status = lab.kubectl(
                "get",
                "pod",
                pods.getLast(),
                "-o=jsonpath={.metadata.annotations.k8s\\.v1\\.cni\\.cncf\\.io/network-status}");
        var secondary = Pattern.compile("169\\.255\\.100\\.\\d+|fd00:169:255::[0-9a-f]+")
                .matcher(status)
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(words(other)).hasSize(2);
        assertThat(secondary).hasSize(2);
        for (String address :
                Stream.concat(words(other).stream(), secondary.stream()).toList()) {
            assertThat(lab.tryKubectl("exec", pods.getFirst(), "--", "busybox", "ping", "-c1", "-W5", address)
                            .good())
                    .as("ping " + address)
                    .isTrue();
        }
    }

    @Test
    void the_daemon_of_multus_attaches_the_pods_of_node2_and_no_others() {
        String log = lab.kubectl("logs", "--namespace=kube-system", "daemonset/multus", "--tail=-1");
        for (String pod : words(lab.kubectl("get", "pods", "-l=app=server", "-o=jsonpath={.items[*].metadata.name}"))) {
            boolean onNode2 = lab.kubectl("get", "pod", pod, "-o=jsonpath={.spec.nodeName}")
                    .equals("node2");
            assertThat(log.lines().anyMatch(line -> line.contains("ADD finished") && line.contains(pod)))
                    .as(pod)
                    .isEqualTo(onNode2);
        }
    }

    @Test
    void services_of_both_families_answer_in_pods() {
        String pod = words(lab.kubectl("get", "pods", "-l=app=watcher", "-o=jsonpath={.items[*].metadata.name}"))
                .getFirst();
        for (String address : words(lab.kubectl("get", "service", "server", "-o=jsonpath={.spec.clusterIPs[*]}"))) {
            var script = "echo 'GET /hostname HTTP/1.0\n' | busybox nc -w 5 " + address + " 80";
            lab.await(
                    address + " answers",
                    SOON,
                    () -> lab.tryKubectl("exec", pod, "--", "sh", "-c", script)
                            .out()
                            .contains("server-"));
        }
    }

    @Test
    void the_api_server_reaches_pods() {
        String pod = lab.kubectl("get", "pods", "-l=app=server", "-o=jsonpath={.items[0].metadata.name}");
        assertThat(lab.kubectl("get", "--raw", "/api/v1/namespaces/default/pods/" + pod + ":8081/proxy/hostname"))
                .isEqualTo(pod);
    }

    @Test
    void a_daemon_set_sees_network_namespaces_that_are_made_after_it() {
        String watcher = lab.kubectl(
                "get",
                "pods",
                "-l=app=watcher",
                "--field-selector=spec.nodeName=node1",
                "-o=jsonpath={.items[0].metadata.name}");
        int before = namespacesSeenBy(watcher);
        lab.kubectl(
                "run",
                "late",
                "--image=local/pause:1",
                "--image-pull-policy=Never",
                "--overrides={\"spec\":{\"nodeName\":\"node1\",\"terminationGracePeriodSeconds\":0}}");
        lab.kubectl("wait", "--for=condition=Ready", "pod/late", "--timeout=60s");
        assertThat(namespacesSeenBy(watcher)).isEqualTo(before + 1);
        lab.kubectl("delete", "pod", "late", "--now", "--wait");
    }

    @Test
    void unsafe_sysctls_are_refused() {
        lab.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: unsafe}
                spec:
                  nodeName: node1
                  securityContext: {sysctls: [{name: net.ipv4.ip_forward, value: "1"}]}
                  containers: [{name: c, image: "local/pause:1", imagePullPolicy: Never}]
                """);
        lab.await(
                "refusal",
                SOON,
                () -> lab.kubectl("get", "pod", "unsafe", "-o=jsonpath={.status.reason}")
                        .equals("SysctlForbidden"));
    }

    @Test
    void nothing_of_the_lab_is_in_the_machines_own_network() {
        String addresses = Command.of("ip", "addr").output();
        assertThat(addresses).doesNotContain(Topology.API_SERVER, Topology.ROUTER_V4, "vlan100", "cni0");
        assertThat(Command.of("findmnt", "--raw", "--noheadings", "--output=TARGET")
                        .output())
                .doesNotContain(name.text());
    }

    @Test
    void status_counts_the_memory_of_every_container() {
        var status = lab.status();
        assertThat(status.nodes()).extracting(LabStatus.NodeLine::name).containsExactly("node1", "node2");
        assertThat(status.routers()).containsOnlyKeys("vpn-a", "vpn-b", "vpn-c");
        var pods = status.pods().stream().filter(LabStatus.PodLine::ready).toList();
        assertThat(pods)
                .isNotEmpty()
                .allSatisfy(pod -> assertThat(pod.containers())
                        .isNotEmpty()
                        .allSatisfy(container ->
                                assertThat(container.anonymousBytes()).isNotNegative()));
        assertThat(status.json()).contains("\"anonymousBytes\"");
    }

    @Test
    void a_wrong_host_is_named_together_with_the_right_ones() {
        assertThatThrownBy(() -> lab.router("vpn-z"))
                .hasMessageContaining("vpn-z")
                .hasMessageContaining("vpn-a, vpn-b");
        assertThatThrownBy(() -> lab.kubectl("get", "nonsense")).isInstanceOf(CommandFailed.class);
    }

    /** A gateway without Kubernetes: BIRD and the example workload on a host of its own beside vpn-c. */
    @Test
    void a_router_learns_vips_tells_a_default_route_and_sends_traffic(@TempDir Path folder) throws Exception {
        Host gateway = HostStarter.in(folder, name.marker()).start("gateway", Map.of());
        lab.host("fabric")
                .orElseThrow()
                .onNetwork(List.of("ip", "-batch", "-"))
                .reading("link add vlan300-gw type veth peer name vlan300 netns /proc/"
                        + gateway.process().pid() + "/ns/net\nlink set vlan300-gw master vlan300 up\n")
                .output();
        gateway.onNetwork(List.of("ip", "-batch", "-"))
                .reading(resource("gateway-links.txt"))
                .output();
        Files.writeString(folder.resolve("bird.conf"), resource("gateway.conf"));
        gateway.daemon(
                List.of("bird", "-d", "-c", folder + "/bird.conf", "-s", "/run/bird/bird.ctl"),
                folder + "/bird.log",
                name.marker());
        gateway.daemon(
                List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.l34gateway.target.TargetMain",
                        "--name",
                        "target-1"),
                folder + "/target.log",
                name.marker());
        var router = lab.router("vpn-c");
        lab.await(
                "two sessions",
                SOON,
                () -> router.sessions().stream()
                                .filter(session -> session.state().equals("up"))
                                .count()
                        == 2);
        assertThat(router.birdc("show", "bfd", "sessions")).contains("169.254.100.1");
        lab.await(
                "routes to the VIPs",
                SOON,
                () -> router.exec("ip", "route", "get", "20.0.0.1").out().contains("src " + Topology.CLIENT_V4)
                        && router.exec("ip", "-6", "route", "get", "2000::1")
                                .out()
                                .contains("src " + Topology.CLIENT_V6));
        for (String vip : List.of("20.0.0.1:4000", "[2000::1]:4000")) {
            for (var protocol : TrafficRequest.Protocol.values()) {
                lab.await(
                        vip + " answers",
                        SOON,
                        () -> lab.traffic(new TrafficRequest("vpn-c", vip, 1, protocol))
                                .allAnswered());
                var result = lab.traffic(new TrafficRequest("vpn-c", vip, 20, protocol));
                assertThat(result.targets()).as(vip + " " + protocol).isEqualTo(Map.of("target-1", 20));
            }
        }
        assertThat(lab.traffic(new TrafficRequest("vpn-c", "20.0.0.1:9", 2, TrafficRequest.Protocol.TCP))
                        .allAnswered())
                .isFalse();
        ProcessHandle.of(gateway.process().pid()).orElseThrow().destroyForcibly();
    }

    @Test
    void what_a_killed_up_left_is_removed_by_down() throws Exception {
        var killed = new LabName(name + "k");
        Process up = Command.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.l34gateway.lab.L34",
                        "lab",
                        "up",
                        "--name",
                        killed.text())
                .start();
        lab.await(
                "a half-made lab",
                SOON,
                () -> LabStore.OF_THIS_MACHINE
                        .read(killed.text())
                        .filter(state -> state.hosts().size() >= 3)
                        .isPresent());
        up.destroyForcibly().waitFor();
        assertThat(Labs.find(killed)).isEmpty();
        Labs.down(killed, progress);
        assertNothingIsLeft(killed);
    }

    private int namespacesSeenBy(String watcher) {
        return Integer.parseInt(
                lab.tryKubectl("exec", watcher, "--", "busybox", "grep", "-c", " /host/netns/", "/proc/mounts")
                        .out()
                        .strip());
    }

    private static void assertNothingIsLeft(LabName name) {
        assertThat(LabProcesses.marked(name.marker())).isEmpty();
        for (String cgroup : name.cgroups(Topology.standard(Vlans.BRIDGES))) {
            assertThat(Cgroups.OF_THIS_MACHINE.exists(cgroup)).isFalse();
        }
        assertThat(Labs.names()).doesNotContain(name.text());
        assertThat(Command.of("findmnt", "--raw", "--noheadings", "--output=TARGET,SOURCE")
                        .output())
                .doesNotContain("/labs/" + name + "/");
        // A namespace lives as long as a process, a mount or an open file of it: none of them may name the lab.
        assertThat(Command.of("ps", "-e", "-o", "args")
                        .output()
                        .lines()
                        .filter(line -> !line.contains("L34"))
                        .toList())
                .noneMatch(line -> line.contains("/labs/" + name + "/"));
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    private static String resource(String name) {
        try (var text = LabTest.class.getResourceAsStream("/" + name)) {
            return new String(Objects.requireNonNull(text, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
