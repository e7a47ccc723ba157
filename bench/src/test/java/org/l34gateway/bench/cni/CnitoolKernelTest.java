// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.netlink.Address;

/**
 * Our executables as the specification's own runtime (libcni, by its command cnitool 1.3.1) calls them: two networks with an
 * interface name each, as Multus has them.
 */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class CnitoolKernelTest {
    private static final GoModule CNITOOL = new GoModule(
            "cnitool", List.of("go.mod", "go.sum", "tools.go"), List.of("github.com/containernetworking/cni/cnitool"));
    private static final String VIP = "20.0.0.1/32";
    private static final int LO = 1;

    /** Network and interface name. */
    private static final List<Map.Entry<String, String>> NETWORKS =
            List.of(Map.entry("vip", "v1"), Map.entry("route", "r1"));

    @TempDir
    private Path folder;

    private Path cnitool = Path.of("");

    @BeforeEach
    void everything_is_there() {
        PluginsKernelTest.require(Executables.ofThisRun());
        cnitool = CNITOOL.ready(_ -> {}).resolve("cnitool");
    }

    private record Answer(int exitCode, String words) {}

    @ParameterizedTest
    @ValueSource(strings = {"0.3.1", "0.4.0", "1.0.0", "1.1.0"})
    void a_runtime_of_any_version_attaches_checks_and_detaches(String version) throws Exception {
        configure(version);
        try (Pod pod = new Pod("a")) {
            attach(pod);
            if (!version.equals("0.3.1")) {
                NETWORKS.forEach(network -> succeeds("check", network, pod));
                PluginsKernelTest.kernel(pod, kernel -> kernel.delete(Address.host(LO, IpAddress.parse("20.0.0.1"))));
                assertThat(call("check", NETWORKS.getFirst(), pod).words()).contains("lo lacks [" + VIP + "]");
            }

            NETWORKS.reversed().forEach(network -> succeeds("del", network, pod));
            isDetached(pod);
            NETWORKS.forEach(network -> succeeds("del", network, pod));
        }
    }

    @Test
    void a_runtime_asks_for_the_status_and_collects_what_it_does_not_know() throws Exception {
        configure("1.1.0");
        try (Pod pod = new Pod("a")) {
            NETWORKS.forEach(network -> succeeds("status", network, pod));
            attach(pod);
            forget();
            NETWORKS.forEach(network -> succeeds("gc", network, pod));
            isDetached(pod);
        }
    }

    private void attach(Pod pod) throws IOException {
        NETWORKS.forEach(network -> succeeds("add", network, pod));
        assertThat(PluginsKernelTest.vips(pod)).contains(VIP);
        assertThat(PluginsKernelTest.routedSources(pod)).containsExactly(VIP);
        assertThat(folder.resolve("records").toFile().list())
                .as("two records and a lock")
                .hasSize(3);
    }

    private void isDetached(Pod pod) {
        assertThat(PluginsKernelTest.vips(pod)).doesNotContain(VIP);
        assertThat(PluginsKernelTest.routedSources(pod)).isEmpty();
        assertThat(folder.resolve("records")).isEmptyDirectory();
    }

    private void configure(String version) throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("bin"));
        for (Path plugin :
                List.of(Executables.ofThisRun().vip(), Executables.ofThisRun().policyRoute())) {
            Files.createSymbolicLink(plugins.resolve(plugin.getFileName()), plugin);
        }
        Files.createDirectories(folder.resolve("var-lib/cni"));
        Files.createDirectory(folder.resolve("net.d"));
        network(version, "vip", "\"type\": \"loopback-vip\", \"vips\": [\"" + VIP + "\"]");
        network(
                version,
                "route",
                "\"type\": \"policy-route\", \"policyRoutes\": [{\"srcPrefix\": \"" + VIP + "\"}], \"gateways\": [\""
                        + Pod.GATEWAY + "\"]");
    }

    private void network(String version, String name, String plugin) throws IOException {
        Files.writeString(folder.resolve("net.d/" + name + ".conflist"), """
                {"cniVersion": "%s", "name": "%s", "plugins": [{"dataDir": "%s", %s}]}
                """.formatted(
                        version, name, folder.resolve("records"), plugin));
    }

    /** Takes the runtime's memory of what it has attached, so that only the plugins know. */
    private void forget() throws IOException {
        Folders.delete(folder.resolve("var-lib/cni"));
        Files.createDirectory(folder.resolve("var-lib/cni"));
    }

    private void succeeds(String verb, Map.Entry<String, String> network, Pod pod) {
        Answer answer = call(verb, network, pod);
        assertThat(answer.exitCode())
                .as("%s %s: %s", verb, network, answer.words())
                .isZero();
    }

    /** libcni keeps its memory in /var/lib/cni, which is a folder of this test for cnitool. */
    private Answer call(String verb, Map.Entry<String, String> network, Pod pod) {
        ProcessBuilder builder = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind \"$0\" /var/lib && exec \"$@\"",
                        folder.resolve("var-lib").toString(),
                        cnitool.toString(),
                        verb,
                        "--ifname",
                        network.getValue(),
                        network.getKey(),
                        pod.netns().toString())
                .redirectErrorStream(true);
        builder.environment().put("CNI_PATH", folder.resolve("bin").toString());
        builder.environment().put("NETCONFPATH", folder.resolve("net.d").toString());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String words = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Answer(process.waitFor(), words);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
