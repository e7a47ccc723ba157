// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.runtime.snapshot.Snapshot;

/** A node with 50 pods, and the real pace of everything. */
@Tag("kernel")
@ExtendWith(InScratchNetns.class)
class ManyPodsKernelTest {
    private static final int PODS = Integer.getInteger("node.pods", 50);
    private static final int ROUNDS = 5;
    /** From the change of an object until the last pod has it. */
    private static final long BOUND_MILLIS = 1_000;

    @TempDir
    Path folder;

    private final ExampleCluster cluster = new ExampleCluster();
    private final AtomicReference<Snapshot> snapshot = new AtomicReference<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final List<PodNetns> pods = new ArrayList<>();
    private @Nullable RunningAgent agent;

    @BeforeEach
    void start() throws IOException {
        Files.createDirectory(folder.resolve("netns"));
        cluster.remove("Pod/carts-a");
        for (int i = 1; i <= PODS; i++) {
            cluster.target(i);
            pods.add(new PodNetns(
                    folder.resolve("netns/cni-" + i), "10.0.1." + i + "/16", "10.1.0." + (i + 100) + "/24"));
        }
        want(1);
        agent = new RunningAgent(folder, snapshot::get, new FakeWriter(new ArrayList<>()), metrics);
        awaitAll(pods, 1);
    }

    @AfterEach
    void stop() {
        if (agent != null) {
            agent.close();
        }
        pods.forEach(PodNetns::close);
    }

    @Test
    void a_change_is_in_all_pods_within_a_second() {
        List<Long> millis = new ArrayList<>();
        for (int i = 1; i <= ROUNDS; i++) {
            want(1 + i);
            millis.add(awaitAll(pods, 1 + i));
        }
        // One round may meet a busy machine.
        assertThat(millis.stream().sorted().toList().get(ROUNDS - 2))
                .as("of %s ms", millis)
                .isLessThan(BOUND_MILLIS);
    }

    @Test
    void a_pod_that_a_plugin_is_busy_with_holds_up_no_other() {
        AttachmentRecords records = new AttachmentRecords(
                new JvmHost(), folder.resolve("data/attachments").toString());
        try (SandboxLock _ = records.lock("cni-1")) {
            want(2);
            assertThat(awaitAll(pods.subList(1, PODS), 2)).isLessThan(BOUND_MILLIS);
            assertThat(pods.getFirst().holds()).doesNotContain("vip 20.0.0.2/32");
        }
        awaitAll(pods, 2);
    }

    /** The route gets VIPs up to 20.0.0.N. */
    private void want(int vips) {
        cluster.route(IntStream.rangeClosed(1, vips)
                .mapToObj(i -> "\"20.0.0." + i + "/32\"")
                .collect(Collectors.joining(", ")));
        snapshot.set(cluster.snapshot());
        if (agent != null) {
            agent.clusterChanged();
        }
    }

    /** Until all have VIP 20.0.0.N, and can answer from it; gives how long that took. */
    private static long awaitAll(List<PodNetns> pods, int vip) {
        String address = "20.0.0." + vip + "/32";
        List<String> held = List.of("vip " + address, "rule " + address + " 5000");
        return RunningAgent.awaitMillis(
                address,
                Duration.ofSeconds(10),
                () -> pods.stream().allMatch(pod -> pod.holds().containsAll(held)));
    }
}
